import closeWithGrace from 'close-with-grace'
import { type Static, type TObject } from 'typebox'
import { ConfigError, loadConfig } from './config.ts'
import { errorOf } from './log.ts'
import { type App } from './shell.ts'

type RunConfig = { HOST: string; SHUTDOWN_GRACE_MS: number }

export type RunOptions<Schema extends TObject> = {
  name: string
  schema: Schema
  /** The setting that holds the port. */
  port: keyof Static<Schema> & string
  buildApp: (config: Static<Schema>) => Promise<App>
}

/**
 * The life of a service's process: configuration, app, listening, and on SIGTERM, SIGINT or an error nobody caught, an
 * orderly close under a hard deadline.
 */
export async function run<Schema extends TObject>(options: RunOptions<Schema>): Promise<void> {
  const config = readConfig(options)
  if (!config) return
  const app = await options.buildApp(config).catch((error: unknown) => {
    process.stderr.write(`${options.name}: ${JSON.stringify(errorOf(error))}\n`)
    process.exitCode = 1
  })
  if (!app) return
  const grace = closeWithGrace({ delay: config.SHUTDOWN_GRACE_MS, logger: false }, async ({ err, signal }) => {
    if (err) app.log.fatal({ err }, 'stopped by an error nobody caught')
    else app.log.info({ signal }, 'stopping')
    await app.close()
  })
  const port = Number(config[options.port])
  try {
    await app.listen({ host: config.HOST, port })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (isTaken) process.stderr.write(`Port ${port} is taken: stop what uses it or set ${options.port}.\n`)
    else app.log.fatal({ err: error }, 'cannot listen')
    process.exitCode = 1
    await app.close()
    grace.uninstall()
  }
}

function readConfig<Schema extends TObject>({ name, schema }: RunOptions<Schema>) {
  try {
    return loadConfig(schema) as Static<Schema> & RunConfig
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${name}: ${error.message}\n`)
    process.exitCode = 1
    return undefined
  }
}
