import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

type Count = { passed: number; failed: number }

/**
 * Runs tap over the given files, or over all, and counts assertions. Of a file that passed only the line with its name
 * is shown; of one that failed, all it said.
 */
export async function runTap(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Count> {
  // A group of its own, so that all of it can be ended at once.
  const tap = spawn('tap', ['--reporter=tap', ...args], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  const onAbort = () => endGroup(tap)
  signal.addEventListener('abort', onAbort)
  const ended = once(tap, 'exit')
  const count = await showAndCount(tap)
  const [code] = await ended
  signal.removeEventListener('abort', onAbort)
  // No tests, a crash of the runner, or an interrupted run: tap is not happy although no assertion failed.
  if (code !== 0 && count.failed === 0) count.failed = 1
  return count
}

async function showAndCount(tap: ChildProcess): Promise<Count> {
  const count: Count = { passed: 0, failed: 0 }
  if (tap.stdout === null) return count
  let details: string[] = []
  for await (const line of createInterface({ input: tap.stdout })) {
    if (line.startsWith(' ') || line.startsWith('# Subtest') || line === '') {
      details.push(line)
      continue
    }
    const total = /^# \{ total: .*\}$/.test(line)
    if (total) {
      count.passed = number(line, 'pass')
      count.failed = number(line, 'fail')
    }
    const show = line.startsWith('not ok') ? [...details, line] : [line]
    if (!/^(TAP version|1\.\.)/.test(line)) process.stdout.write(`${show.join('\n')}\n`)
    details = []
  }
  return count
}

function number(line: string, name: string): number {
  return Number(new RegExp(`${name}: (\\d+)`).exec(line)?.[1] ?? 0)
}

function endGroup(tap: ChildProcess): void {
  if (tap.pid === undefined || tap.exitCode !== null) return
  process.kill(-tap.pid, 'SIGKILL')
}
