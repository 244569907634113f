import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { endWithParent } from './command.ts'
import { freePort } from './free-port.ts'
import { stopLeftover } from './leftover.ts'
import { asOrdinaryUser } from './ordinary-user.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { prepareCluster } from './postgres-cluster.ts'
import { type Server, startServerProcess } from './server-process.ts'

/** What `startPostgres` needs to know. */
export type PostgresOptions = {
  /** Its folder, made when missing. */
  dataDir: string
  /** Of the superuser `postgres`; asked for on every connection. */
  password: string
  /** Any free one by default. */
  port?: number
  /** False gives up durability for speed: throw-away clusters only. */
  durable?: boolean
  /** Settings of the server that differ from those of a development machine. */
  settings?: Record<string, string>
  /** Called with every line the server prints. */
  log?: (line: string) => void
}

// A development machine: small, no socket file, no background I/O processes. Loopback only.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '32MB',
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_wal_size: '256MB',
  max_logical_replication_workers: '0',
  log_checkpoints: 'off',
  log_line_prefix: ''
}

const throwAway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum_naptime: '1h'
}

/**
 * Starts the embedded PostgreSQL on a folder and resolves, once it takes connections, with the url of its database
 * `wag`. What an earlier, killed run left is cleared away. Throws one sentence when the folder cannot be used.
 */
export async function startPostgres(options: PostgresOptions): Promise<Server> {
  const { dataDir, password, durable = true, settings: changed = {}, log = () => undefined } = options
  const binaries = await postgresBinaries()
  await prepareCluster({ dataDir, password, durable, binaries })
  await stopLeftover(dataDir, 'postmaster.pid', 'SIGINT')
  const port = options.port ?? (await freePort())
  const values = {
    ...settings,
    ...(durable ? {} : throwAway),
    ...changed,
    port: String(port)
  }
  const args = Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const folder = await realpath(dataDir)
  const postgres = {
    file: join(binaries, 'postgres'),
    args: ['-D', folder, ...args]
  }
  const server = await startServerProcess({
    name: 'PostgreSQL',
    command: await asOrdinaryUser(endWithParent(postgres, 'INT'), folder),
    dataDir: folder,
    readyText: 'ready to accept connections',
    // Fast shutdown, then immediate: committed rows survive both.
    stopSignals: ['SIGINT', 'SIGQUIT'],
    log
  })
  const urlOf = (database: string) =>
    `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
  try {
    await createDatabase(urlOf('postgres'), 'wag')
  } catch (error) {
    await server.stop()
    throw error
  }
  return { ...server, url: urlOf('wag'), port }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
