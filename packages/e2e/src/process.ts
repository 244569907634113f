import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '@wag/testkit'

/** A service as its own process, to be killed and started again. */
export type ServiceProcess = {
  name: string
  /** Resolves when the service is ready. */
  start(): Promise<void>
  /** SIGKILL: no warning, nothing is finished. */
  kill(): Promise<void>
  /** SIGTERM: resolves with the exit code once it has ended by itself. */
  stop(): Promise<number | null>
  signal(name: NodeJS.Signals): void
  pid(): number
  /** What it wrote last. */
  tail(): string
}

export type ProcessOptions = { name: string; path: string; env: Record<string, string>; healthUrl: string }

const tailLines = 200

/** How docker-compose.yml starts each service. */
export function nodeFlagsOf(name: string): string[] {
  return [`--max-semi-space-size=${name === 'gateway' ? 16 : 4}`]
}

/** Prepares a service process; `start` starts it. */
export function createProcess({ name, path, env, healthUrl }: ProcessOptions): ServiceProcess {
  let child: ChildProcess | undefined
  let lines: string[] = []

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return null
    const exited = once(running, 'exit')
    running.kill(signal)
    const [code] = await exited
    return typeof code === 'number' ? code : null
  }

  return {
    name,
    async start() {
      lines = []
      const started = spawn(process.execPath, [...nodeFlagsOf(name), path], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe']
      })
      child = started
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          lines = [...lines, ...chunk.toString().split('\n')].slice(-tailLines)
        })
      }
      await eventually(
        async () => {
          if (started.exitCode !== null) throw new Error(`${name} ended at its start:\n${lines.join('\n')}`)
          const answer = await fetch(healthUrl)
          if (!answer.ok) throw new Error(`${name} is not ready: ${await answer.text()}`)
          return true
        },
        { timeoutMs: 30_000, intervalMs: 100 }
      )
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    signal: (signal) => void child?.kill(signal),
    pid: () => child?.pid ?? 0,
    tail: () => lines.join('\n')
  }
}
