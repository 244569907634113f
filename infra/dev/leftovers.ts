import { readdir, readFile } from 'node:fs/promises'

/** Ends every process that still has the marker in its environment, and gives their command lines. */
export async function endLeftovers(marker: string): Promise<string[]> {
  const commands: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    // Not ours to read, or gone meanwhile: none that a test of this run has left.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(marker)) continue
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    commands.push(command.replaceAll('\0', ' ').trim())
    process.kill(Number(pid), 'SIGKILL')
  }
  return commands
}
