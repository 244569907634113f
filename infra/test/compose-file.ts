import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export type ComposeService = {
  image?: string
  build?: { context: string; dockerfile: string; args: { SERVICE: string } }
  command?: string | string[]
  environment?: Record<string, string | number>
  healthcheck?: { test: string[] }
  ports?: string[]
  profiles?: string[]
  restart?: string
  user?: string
  depends_on?: Record<string, { condition: string }>
  stop_grace_period?: string
  read_only?: boolean
  init?: boolean
  cap_drop?: string[]
  volumes?: string[]
}

export type ComposeFile = { services: Record<string, ComposeService> }

export const composeText = await readFile(join(root, 'docker-compose.yml'), 'utf8')

/** The file as an engine reads it, but for the variables, which stay as they are written. */
export const compose = parse(composeText, { merge: true }) as ComposeFile

/** The Compose Specification's own schema (Apache-2.0), as the linter dclint carries it. */
export async function loadComposeSchema(): Promise<object> {
  const folder = dirname(fileURLToPath(import.meta.resolve('dclint/package.json')))
  return JSON.parse(await readFile(join(folder, 'schemas/compose.schema.json'), 'utf8')) as object
}

/** The names of all variables an operator may set for Compose. */
export function variablesOf(text: string): Set<string> {
  // Two dollars are one dollar of the command itself.
  const matches = text.replaceAll('$$', '').matchAll(/\$\{?([A-Z0-9_]+)/g)
  return new Set([...matches].map(([, name = '']) => name))
}
