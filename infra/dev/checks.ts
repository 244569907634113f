import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { say } from './say.ts'

type Check = { name: string; command: [string, ...string[]] }

/** What is checked without running anything. */
export const checks: Check[] = [
  { name: 'format and lint (biome)', command: ['biome', 'check', '.'] },
  { name: 'lint with types (oxlint)', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types (tsc)', command: ['tsc', '-p', 'tsconfig.base.json'] }
]

/** Runs one check, its output shown, and tells whether it passed. */
export async function runCheck({ name, command: [file, ...args] }: Check, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  say(name)
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const onAbort = () => child.kill()
  signal.addEventListener('abort', onAbort)
  const [code] = await once(child, 'exit')
  signal.removeEventListener('abort', onAbort)
  return code === 0
}
