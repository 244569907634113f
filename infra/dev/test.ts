import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTemplate, startPostgres, startRedis } from '@wag/testkit'
import { checks, runCheck } from './checks.ts'
import { endLeftovers } from './leftovers.ts'
import { print, say } from './say.ts'
import { runTap } from './tap-run.ts'
import { testEnvironment } from './test-environment.ts'

const args = process.argv.slice(2)
const namesFiles = args.some((arg) => !arg.startsWith('-'))
const stopping = new AbortController()
const count = { passed: 0, failed: 0 }

function record(name: string, passed: boolean): void {
  say(`${name}: ${passed ? 'passed' : 'FAILED'}`)
  count[passed ? 'passed' : 'failed'] += 1
}

/** Everything a run makes lies in this folder, and is gone with it. */
async function runTests(folder: string): Promise<void> {
  const password = randomBytes(16).toString('hex')
  const marker = `WAG_TEST_RUN=${randomBytes(8).toString('hex')}`
  const log = () => undefined
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), password, durable: false, log })
  try {
    const redis = await startRedis({ dataDir: join(folder, 'redis'), password, log: warn })
    try {
      await createTemplate(postgres.url)
      say('PostgreSQL and Redis of this run are ready')
      const env = testEnvironment({ postgres: postgres.url, redis: redis.url, folder, marker })
      const result = await runTap(args, env, stopping.signal)
      count.passed += result.passed
      count.failed += result.failed
    } finally {
      await redis.stop()
    }
  } finally {
    await postgres.stop()
  }
  const left = await endLeftovers(marker)
  for (const command of left) print('wag', `left behind by a test: ${command}`)
  record('no process left behind', left.length === 0)
}

function warn(line: string): void {
  if (line.startsWith('WARNING:')) print('redis', line)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
const folder = await mkdtemp(join(tmpdir(), 'wag-test-'))
try {
  // One named file is one quick look; everything else is the whole run.
  for (const check of namesFiles ? [] : checks) record(check.name, await runCheck(check, stopping.signal))
  if (!stopping.signal.aborted) await runTests(folder)
} catch (error) {
  count.failed += 1
  console.error(error)
} finally {
  await rm(folder, { recursive: true, force: true })
  await rm('.tap', { recursive: true, force: true })
}
if (stopping.signal.aborted) {
  count.failed += 1
  say('stopped before the end')
}
process.exitCode = count.failed === 0 ? 0 : 1
process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`)
