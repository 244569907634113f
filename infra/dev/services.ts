import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { endWithParent, stopProcess } from '@wag/testkit'
import { type Kept, keepRunning, type Running } from './keep-running.ts'
import { printLines } from './say.ts'
import { type ServiceName } from './settings.ts'

// At rest a service takes 128 MB of memory so, and 149 MB without; --optimize-for-size takes 114 MB and starts a second
// later.
const nodeFlags = ['--max-semi-space-size=1']

/** Runs a service from its source, again and again when it dies; its lines are printed under its name. */
export async function startService(name: ServiceName, env: NodeJS.ProcessEnv): Promise<Kept> {
  return await keepRunning(name, async () => startNode(name, `services/${name}/src/main.ts`, env))
}

/** Runs a program of ours in a process group of its own: Ctrl-C is for us, who then stop everything in order. */
export function startNode(name: string, path: string, env: NodeJS.ProcessEnv): Running {
  const { file, args } = endWithParent({ file: process.execPath, args: [...nodeFlags, path] }, 'TERM')
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  printLines(name, [child.stdout, child.stderr])
  const exited = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${code}`))
  return {
    pid: child.pid ?? 0,
    exited,
    stop: () => stopProcess(child, exited, ['SIGTERM']),
    kill: () => void child.kill('SIGKILL')
  }
}
