import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { arrayParam } from './array-param.ts'
import { type Database, type Db } from './schema.ts'

export type ConnectOptions = {
  url: string
  /** Connections kept at most. */
  poolMax: number
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** How long a statement may take before it is given up, in milliseconds. */
  timeoutMs?: number
  /** How long to wait for a connection, new or free, in milliseconds. */
  connectTimeoutMs?: number
  /** Called with errors of idle or broken connections; without a listener they would end the process. */
  onError?: (error: Error) => void
}

const connectTimeoutMs = 2_000
/** The server gives up first and says so; this much later we do, in milliseconds. */
const silenceMs = 300
const statementTimeoutMs = 10_000

// Sequence numbers, contact ids and counts stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * A client that writes lists our way (see `arrayParam`) and does not survive its own silence: a statement given up by
 * `query_timeout` is still on the wire, and if it was a `begin`, the next one on this connection would run inside a
 * transaction that nobody commits. So the connection goes with it.
 */
class StrictClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    // pg's own stream, which its types do not show.
    const connection: unknown = Reflect.get(this, 'connection')
    const stream = connection instanceof Object ? Reflect.get(connection, 'stream') : undefined
    const query = this.query.bind(this) as (...args: unknown[]) => unknown
    const strict = (statement: unknown, parameters: unknown, ...rest: unknown[]): unknown => {
      const result = query(statement, Array.isArray(parameters) ? parameters.map(written) : parameters, ...rest)
      if (result instanceof Promise) {
        result.catch((error: unknown) => {
          if (error instanceof Error && error.message === 'Query read timeout') stream?.destroy()
        })
      }
      return result
    }
    Object.assign(this, { query: strict })
  }
}

function written(parameter: unknown): unknown {
  return Array.isArray(parameter) ? arrayParam(parameter) : parameter
}

/** Opens a pool to the ledger; `destroy()` closes it. Nothing is connected before the first query. */
export function connect(options: ConnectOptions): Db {
  const timeoutMs = options.timeoutMs ?? statementTimeoutMs
  const onError = options.onError ?? ignore
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs ?? connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + silenceMs,
    Client: StrictClient,
    idle_in_transaction_session_timeout: timeoutMs,
    keepAlive: true,
    // The look-ups of foreign keys are planned once per connection. Planned while their table was small they would read all of
    // it for each row for ever, 40 times slower; planned anew each time they were more than half the cost of an insert.
    // Whatever we look for has an index, so no plan needs to read a whole table. (Nor a whole index: no other index of
    // contacts can answer for their key.)
    options: '-c enable_seqscan=off -c jit=off -c timezone=UTC'
  })
  pool.on('error', onError)
  // A backend that is ended inside a transaction raises on the checked-out client, which the pool does not listen to.
  pool.on('connect', (client) => client.on('error', onError))
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/** The same failure rejects the query that was running, where it is handled. */
function ignore(): void {}
