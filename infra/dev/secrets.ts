import { randomBytes, randomInt } from 'node:crypto'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, fileFailure } from './failure.ts'
import { type Settings } from './settings.ts'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function letters(length: number): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join('')
}

const generators = {
  API_KEY: () => `dev_${letters(40)}`,
  ENCRYPTION_KEY: () => randomBytes(32).toString('hex'),
  WHATSAPP_APP_SECRET: () => randomBytes(16).toString('hex'),
  WHATSAPP_VERIFY_TOKEN: () => letters(32),
  WHATSAPP_ACCESS_TOKEN: () => `EAA${letters(60)}`,
  POSTGRES_PASSWORD: () => letters(32),
  REDIS_PASSWORD: () => letters(32)
} as const

type SecretName = keyof typeof generators

/** Every development secret by the name of its variable. */
export type Secrets = Record<SecretName, string>

const secretNames = Object.keys(generators) as SecretName[]

/**
 * The secrets of this data folder: made once, kept where only this user can read them, overruled by the environment.
 * The API key also lies in a file of its own, so that a line in a shell can say `$(cat .data/api-key)`.
 */
export async function loadSecrets({ dataDir, env }: Settings): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json')
  const kept = await readSecrets(path, dataDir)
  const secrets = {} as Secrets
  for (const name of secretNames) secrets[name] = kept[name] ?? generators[name]()
  if (secretNames.some((name) => kept[name] === undefined)) await write(path, `${JSON.stringify(secrets, null, 2)}\n`)
  for (const name of secretNames) secrets[name] = env[name] ?? secrets[name]
  await write(join(dataDir, 'api-key'), secrets.API_KEY)
  return secrets
}

async function readSecrets(path: string, dataDir: string): Promise<Partial<Secrets>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFailure(path, error)
    const hasDatabase = await stat(join(dataDir, 'postgres')).catch(() => undefined)
    if (hasDatabase === undefined) return {}
    throw new Failure(`${path} is missing, and with it the password of the database beside it. ${remedy(dataDir)}`)
  }
  const values = parse(text)
  if (values !== undefined) return values
  throw new Failure(`${path} is broken: it is not a JSON object of texts. ${remedy(dataDir)}`)
}

function parse(text: string): Partial<Secrets> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.values(value).every((secret) => typeof secret === 'string' && secret !== '') ? value : undefined
  } catch {
    // Not JSON at all: the caller says so.
    return undefined
  }
}

/** What can be done about a data folder that is broken. */
export function remedy(dataDir: string): string {
  return `Put it back from a copy, or delete ${dataDir} to begin anew without its data.`
}

/** Written aside and renamed: a full disk or a power cut leaves the old file whole. */
async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, text, { mode: 0o600, flush: true })
    await rename(`${path}.new`, path)
  } catch (error) {
    throw fileFailure(path, error)
  }
}
