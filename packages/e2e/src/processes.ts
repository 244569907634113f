import { readdir, readFile } from 'node:fs/promises'

/** Clock ticks per second of /proc (USER_HZ, always 100 on Linux). */
const ticksPerS = 100

type Entry = { parent: number; ticks: number; residentBytes: number }

/** Bytes of a page on every machine this runs on. */
const pageBytes = 4096

async function readEntries(): Promise<Map<number, Entry>> {
  const entries = new Map<number, Entry>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // A process may end between the listing and the reading.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields.length < 22) continue
    // utime, stime, and those of children that ended: cutime, cstime.
    const ticks = [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0)
    entries.set(Number(name), { parent: Number(fields[1]), ticks, residentBytes: Number(fields[21]) * pageBytes })
  }
  return entries
}

function family(entries: Map<number, Entry>, pids: number[]): Set<number> {
  const wanted = new Set(pids)
  for (let grown = true; grown; ) {
    grown = false
    for (const [pid, { parent }] of entries) {
      if (!wanted.has(parent) || wanted.has(pid)) continue
      wanted.add(pid)
      grown = true
    }
  }
  return wanted
}

/** These processes and all that descend from them. */
export async function familyOf(pids: number[]): Promise<number[]> {
  return [...family(await readEntries(), pids)]
}

/** CPU seconds that these processes and their descendants have used. */
export async function cpuSeconds(pids: number[]): Promise<number> {
  const entries = await readEntries()
  let ticks = 0
  for (const pid of family(entries, pids)) ticks += entries.get(pid)?.ticks ?? 0
  return ticks / ticksPerS
}

/** Resident memory of a process, in bytes; 0 once it has ended. */
export async function residentBytes(pid: number): Promise<number> {
  return (await readEntries()).get(pid)?.residentBytes ?? 0
}

/** Open files and sockets of a process. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length
}

/** Sends a signal to a process and all that descend from it. */
export async function signalFamily(pid: number, signal: NodeJS.Signals): Promise<void> {
  for (const member of (await familyOf([pid])).reverse()) {
    try {
      process.kill(member, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
}
