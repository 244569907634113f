import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Server, startPostgres, startRedis, type TestContext } from '@wag/testkit'
import { signalFamily } from '../processes.ts'

/** A store that can be killed and started again on what it has on disk. */
export type Store = {
  url: string
  port: number
  /** Where its files are. */
  dataDir: string
  pid(): number
  /** SIGKILL to the server and all of its processes. */
  kill(): Promise<void>
  start(): Promise<void>
  /** SIGSTOP: it stands still with its connections open. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

async function createStore(t: TestContext, start: (dataDir: string, port: number) => Promise<Server>): Promise<Store> {
  const dataDir = await mkdtemp(join(tmpdir(), 'wag-faults-'))
  const port = await freePort()
  let server = await start(dataDir, port)
  t.teardown(async () => {
    await signalFamily(server.pid, 'SIGCONT')
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    url: server.url,
    port,
    dataDir,
    pid: () => server.pid,
    async kill() {
      await signalFamily(server.pid, 'SIGKILL')
      await server.exited
    },
    async start() {
      server = await start(dataDir, port)
    },
    freeze: () => signalFamily(server.pid, 'SIGSTOP'),
    thaw: () => signalFamily(server.pid, 'SIGCONT')
  }
}

/** PostgreSQL that writes as an operator's does: what it has committed survives its death. */
export function startOwnPostgres(t: TestContext): Promise<Store> {
  const password = randomBytes(16).toString('hex')
  return createStore(t, (dataDir, port) =>
    startPostgres({ dataDir: join(dataDir, 'data'), port, password, durable: true })
  )
}

/** Redis with an append-only file. */
export function startOwnRedis(t: TestContext): Promise<Store> {
  const password = randomBytes(16).toString('hex')
  return createStore(t, (dataDir, port) => startRedis({ dataDir, port, password, durable: true }))
}
