import { copyFile, glob, mkdir, readFile } from 'node:fs/promises'
import { dirname, join, matchesGlob } from 'node:path'
import { root } from './compose-file.ts'

/** Copies what an engine would send as the build context: the tree without what .dockerignore names. */
export async function copyContext(folder: string): Promise<string[]> {
  const rules = (await lines('.dockerignore')).filter((line) => !line.startsWith('#'))
  const copied: string[] = []
  const files = glob('{.npmrc,*.*,services/**,packages/**,infra/**}', {
    cwd: root,
    withFileTypes: true,
    exclude: ({ name }) => name === 'node_modules'
  })
  for await (const entry of files) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1)
    if (!entry.isFile() || isIgnored(path, rules)) continue
    await mkdir(join(folder, dirname(path)), { recursive: true })
    await copyFile(join(root, path), join(folder, path))
    copied.push(path)
  }
  return copied
}

/** The last rule that fits the path or a folder above it decides; one that begins with `!` takes it in again. */
function isIgnored(path: string, rules: string[]): boolean {
  const rule = rules.findLast((candidate) => {
    const pattern = candidate.replace(/^!/, '')
    return matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`)
  })
  return rule !== undefined && !rule.startsWith('!')
}

/** The instructions of the Dockerfile, each as one line. */
export async function dockerfile(): Promise<{ name: string; rest: string }[]> {
  const all = (await lines('infra/Dockerfile')).filter((line) => !line.startsWith('#'))
  return all.map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.replace(/^\S+ /, '') }))
}

async function lines(path: string): Promise<string[]> {
  return (await readFile(join(root, path), 'utf8')).split('\n').filter((line) => line.trim() !== '')
}
