import { readFile, writeFile } from 'node:fs/promises'
import { type ErrorAction, type ErrorPause, firstWaits, type KnownError, knownErrors } from '@wag/graph'

/** Where the document stands. `node infra/meta-errors.ts` writes its table anew; a test fails when that would change it. */
export const metaErrorsPath = new URL('../docs/meta-errors.md', import.meta.url)

const mark = '<!-- The table is written by: node infra/meta-errors.ts -->\n'
const head = ['Code', 'What it is', 'Class', 'The message', 'What stops', 'What to do']

const words: Record<ErrorAction, string> = { fail: 'fails', wait: 'waits', settle: 'unknown' }

/** The document with its table as `packages/graph` has it. */
export function metaErrorsText(text: string): string {
  const [before = ''] = text.split(mark, 1)
  const rows = knownErrors.toSorted((a, b) => firstOf(a) - firstOf(b)).map(rowOf)
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  return `${before}${mark}\n${[head, rule, ...rows].map((cells) => lineOf(cells, widths)).join('\n')}\n`
}

function firstOf({ code }: KnownError): number {
  return typeof code === 'number' ? code : code[0]
}

function rowOf(error: KnownError): string[] {
  const { code, title, action, pause, advice } = error
  const codes = typeof code === 'number' ? String(code) : `${code[0]} to ${code[1]}`
  return [`\`${codes}\``, title, error.class, words[action] + waitOf(error), stopOf(pause), advice]
}

/** How long a message that waits is left alone at first. */
function waitOf({ action, scope, retryAfterMs = firstWaits[scope] }: KnownError): string {
  if (action !== 'wait') return ''
  return retryAfterMs < 60_000 ? `, ${retryAfterMs / 1000} s` : `, ${timeOf(retryAfterMs)}`
}

function stopOf(pause: ErrorPause | undefined): string {
  if (!pause) return ''
  return pause.resumesAfterMs === undefined ? pause.scope : `${pause.scope}, ${timeOf(pause.resumesAfterMs)}`
}

function timeOf(ms: number): string {
  const minutes = ms / 60_000
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`
}

/** In columns, as the formatter would have it. */
function lineOf(cells: string[], widths: number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
}

if (import.meta.main) await writeFile(metaErrorsPath, metaErrorsText(await readFile(metaErrorsPath, 'utf8')))
