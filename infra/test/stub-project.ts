import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually, freePort } from '@wag/testkit'
import { type Test } from 'tap'

export const serviceNames = ['gateway', 'simulator', 'realtime', 'sender', 'ingest']

const service = `
import { createServer } from 'node:http'
const name = import.meta.dirname.split('/').at(-2) ?? ''
const port = Number(process.env[name.toUpperCase() + '_PORT'])
const server = createServer((_, response) => response.end(JSON.stringify(process.env))).listen(port, process.env.HOST)
process.on('SIGTERM', () => { server.close(); server.closeAllConnections() })
console.log('pid ' + process.pid)
`

/** A stand-in for the project: five services that only answer their health, and a migration that does what it is told. */
export async function createStubProject(t: Test, files: Record<string, string> = {}) {
  const main = (text: string) => ({ src: { 'main.ts': text } })
  const folder = t.testdir({
    services: Object.fromEntries(serviceNames.map((name) => [name, main(files[name] ?? service)])),
    infra: { 'migrate.ts': files.migrate ?? '' }
  })
  const ports: Record<string, string> = {}
  for (const name of serviceNames) ports[`${name.toUpperCase()}_PORT`] = String(await freePort())
  const inherited: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    WAG_TEST_RUN: process.env.WAG_TEST_RUN
  }
  const dataDir = join(folder, '.data')
  const env: NodeJS.ProcessEnv = { ...inherited, ...ports, DATA_DIR: dataDir }
  return { folder, env, dataDir }
}

export type StubProject = Awaited<ReturnType<typeof createStubProject>>

const program = join(import.meta.dirname, '../dev/start.ts')

/** Runs the real supervisor on the project; whatever a test leaves running is ended after it. */
export function startSupervisor(t: Test, project: StubProject, changed: Record<string, string> = {}) {
  const env = { ...project.env, ...changed }
  const child = spawn(process.execPath, [program], { cwd: project.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => lines.push(line))
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  t.teardown(async () => {
    child.kill('SIGTERM')
    await exited
  })
  return {
    lines,
    exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves with the first line that matches, from the given number of lines on. */
    line: (pattern: RegExp, from = 0) =>
      eventually(() => lines.slice(from).find((line) => pattern.test(line)), { timeoutMs: 30_000 }).catch(() => {
        throw new Error(`no line like ${pattern}:\n${lines.join('\n')}`)
      })
  }
}

/** The process ids that the services printed when they were started, newest last. */
export function pids(lines: string[], name: string): number[] {
  const found = lines.map((line) => new RegExp(`^${name} +\\| pid (\\d+)`).exec(line)?.[1])
  return found.filter((pid) => pid !== undefined).map(Number)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
