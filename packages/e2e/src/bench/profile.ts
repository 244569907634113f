import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

/** How node is told to write a CPU profile into a folder when it ends. */
export function profilingEnv(folder: string): Record<string, string> {
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500` }
}

/** The functions that took most of each process's own time, a few lines per profile in the folder. */
export async function hotFunctions(folder: string, most: number): Promise<string[]> {
  const lines: string[] = []
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile
    const service = profile.nodes
      .map(({ callFrame }) => /services\/(\w+)\/src\/main/.exec(callFrame.url)?.[1])
      .find(Boolean)
    if (service) lines.push(`${service}:`, ...hottest(profile, most))
  }
  return lines
}

function hottest({ nodes, samples, timeDeltas }: Profile, most: number): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let busy = 0
  samples.forEach((id, index) => {
    const name = names.get(id) ?? ''
    if (name.startsWith('(idle)')) return
    const us = timeDeltas[index] ?? 0
    busy += us
    times.set(name, (times.get(name) ?? 0) + us)
  })
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, most)
  return sorted.map(([name, us]) => `  ${((us / busy) * 100).toFixed(1).padStart(5)} %  ${name}`)
}

function nameOf({ functionName, url, lineNumber }: Node['callFrame']): string {
  const short = url.replace(/^file:\/\/.*\/node_modules\//, '').replace(/^file:\/\/.*\/(packages|services)\//, '$1/')
  return `${functionName || '(anonymous)'} ${short}${url ? `:${lineNumber + 1}` : ''}`
}
