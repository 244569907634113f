import { readFile } from 'node:fs/promises'

/** Stops a server with all its backends. */
export async function freeze(pid: number): Promise<number[]> {
  process.kill(pid, 'SIGSTOP')
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const pids = children.split(' ').filter(Boolean).map(Number)
  for (const child of pids) process.kill(child, 'SIGSTOP')
  return [...pids, pid]
}
