import { envSchema } from 'env-schema'
import { type Static, type TObject } from 'typebox'

/** The environment does not fit; the message names every mistake, one a line, and no value. */
export class ConfigError extends Error {
  constructor(mistakes: string[]) {
    super(`The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((text) => `  - ${text}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

type Mistake = { keyword?: string; instancePath?: string; message?: string; params?: Record<string, unknown> }

/** Reads a service's configuration from the environment. An empty variable counts as not set. Throws `ConfigError`. */
export function loadConfig<Schema extends TObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env
): Static<Schema> {
  const data = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  try {
    return envSchema<Static<Schema>>({ schema, data, dotenv: false })
  } catch (error) {
    if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) throw error
    throw new ConfigError((error.errors as Mistake[]).map((mistake) => sentence(mistake, schema)))
  }
}

function sentence({ keyword, instancePath = '', message = 'is wrong', params = {} }: Mistake, schema: TObject): string {
  const missing = params.missingProperty
  const name = typeof missing === 'string' ? missing : instancePath.slice(1)
  const description: unknown = schema.properties[name]?.['description' as never]
  const hint = typeof description === 'string' ? ` (${description})` : ''
  if (keyword === 'required') return `${name} is not set${hint}`
  const allowed = keyword === 'enum' ? `: ${String(params.allowedValues)}` : ''
  return `${name} ${message}${allowed}${hint}`
}
