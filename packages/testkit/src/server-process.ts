import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { type Command } from './command.ts'

/** A running server: where it listens, its process, and how to end it. */
export type Server = {
  url: string
  port: number
  pid: number
  /** Resolves with how it ended, also when nobody asked for it. */
  exited: Promise<string>
  /** Ends it, politely at first and within some seconds for certain. May be called twice. */
  stop(): Promise<void>
  /** Ends it without waiting for anything. */
  kill(): void
}

type Options = {
  name: string
  command: Command
  dataDir: string
  /** What it prints once it accepts connections. */
  readyText: string
  stopSignals: NodeJS.Signals[]
  log: (line: string) => void
}

const readyTimeoutMs = 60_000
const stopStepMs = 5_000

/** Starts a server and resolves when it says that it is ready; rejects with its own last words when it gives up. */
export async function startServerProcess(options: Options): Promise<Pick<Server, 'pid' | 'exited' | 'stop' | 'kill'>> {
  const { command, dataDir, name } = options
  // A group of its own: Ctrl-C in a terminal goes to the whole foreground group, and the stores have to stop last.
  const child = spawn(command.file, command.args, {
    cwd: dataDir,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  })
  const exited = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${code}`))
  const lastLines = await readyOrLastLines(child, exited, options)
  if (child.pid === undefined || lastLines !== undefined) {
    child.kill('SIGKILL')
    throw new Error(`${name} did not start: ${lastLines}`)
  }
  return {
    pid: child.pid,
    exited,
    stop: () => stopProcess(child, exited, options.stopSignals),
    kill: () => void child.kill(options.stopSignals.at(-1))
  }
}

async function readyOrLastLines(child: ChildProcess, exited: Promise<string>, options: Options) {
  const lines: string[] = []
  const ready = new Promise<undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        options.log(line)
        lines.push(line)
        if (lines.length > 20) lines.shift()
        if (line.includes(options.readyText)) resolve(undefined)
      })
    }
  })
  const failed = exited.then(
    (how) => lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? how,
    (error: Error) => error.message
  )
  const abort = new AbortController()
  const late = wait(readyTimeoutMs, `not ready after ${readyTimeoutMs} ms`, {
    signal: abort.signal
  })
  // The race may end without it: its rejection on abort is expected.
  late.catch(() => undefined)
  try {
    return await Promise.race([ready, failed, late])
  } finally {
    abort.abort()
  }
}

/** Sends one signal after the other, with some seconds between them, and SIGKILL at last, until the process is gone. */
export async function stopProcess(
  child: ChildProcess,
  exited: Promise<string>,
  signals: NodeJS.Signals[]
): Promise<void> {
  for (const signal of [...signals, 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    // A stopped process handles no signal but SIGKILL until it goes on.
    child.kill('SIGCONT')
    const abort = new AbortController()
    await Promise.race([exited, wait(stopStepMs, undefined, { signal: abort.signal }).catch(() => undefined)])
    abort.abort()
  }
}
