import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const path = new URL('../../../infra/migrate.ts', import.meta.url).pathname

/** Runs the migration as operators do: its own process, configured by the environment. */
export async function runMigrate(env: Record<string, string>): Promise<void> {
  await promisify(execFile)(process.execPath, [path], { env: { ...process.env, ...env } })
}
