import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './compose-file.ts'

/** A file of the documentation, or any other of the tree. */
export async function read(path: string): Promise<string> {
  return await readFile(join(root, path), 'utf8')
}

/** The rows of all Markdown tables whose first cell is one name in backquotes: the name, and the other cells. */
export function tableRows(text: string): Map<string, string[]> {
  const rows = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, rest] = /^\| `([^`]+)` +\|(.*)\|$/.exec(line) ?? []
    if (name === undefined || rest === undefined) continue
    if (rows.has(name)) throw new Error(`${name} has two rows`)
    rows.set(
      name,
      rest.split(/(?<!\\)\|/).map((cell) => cell.trim())
    )
  }
  return rows
}

/** The level-three sections whose title is one name in backquotes: the name, and the text below it. */
export function sections(text: string): Map<string, string> {
  const parts = text.split(/^### `([^`]+)`.*$/m)
  const found = new Map<string, string>()
  for (let place = 1; place < parts.length; place += 2) found.set(parts[place] ?? '', bodyOf(parts[place + 1] ?? ''))
  return found
}

/** Up to the next title. */
function bodyOf(text: string): string {
  return text.split(/^#/m, 1)[0]?.trim() ?? ''
}
