import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSql, type Sql, startTestPostgres, type TestContext } from '@wag/testkit'
import { cpuSeconds } from '../processes.ts'
import { type ServiceName, type System, startSystem } from '../system.ts'
import { type Child, startChild } from './child.ts'
import { profilingEnv } from './profile.ts'

/** The system on stores that write as an operator's do, with the leanest stand-in for Meta. */
export type Stage = {
  system: System
  sql: Sql
  databaseUrl: string
  graph: Child
  graphUrl: string
  port: number
  /** CPU seconds of the services and both stores so far. */
  cpu(): Promise<number>
}

/** What docker-compose.yml gives PostgreSQL: that of a development machine is too small for a load. */
const operatorsSettings = { shared_buffers: '256MB', max_wal_size: '4GB' }

export type StageOptions = { services: ServiceName[]; env?: Record<string, string>; simulator?: boolean }

const services: ServiceName[] = ['simulator', 'gateway', 'sender', 'ingest', 'realtime']

/** Starts the named services; everything ends with the test. */
export async function openStage(t: TestContext, options: StageOptions): Promise<Stage> {
  const postgres = await startTestPostgres(t, { durable: true, settings: operatorsSettings })
  const graph = await startChild(t, '../load/graph-server.ts', true)
  const graphUrl = `http://127.0.0.1:${(graph.first as { port: number }).port}`
  const folder = process.env.BENCH_PROFILE
  const system = await startSystem(t, {
    databaseUrl: postgres.url,
    without: services.filter((name) => !options.services.includes(name)),
    env: {
      ...(options.services.includes('simulator') ? {} : { GRAPH_URL: graphUrl }),
      ...(folder ? profilingEnv(folder) : {}),
      ...options.env
    }
  })
  // A profile is written by a process that ends by itself.
  if (folder) t.teardown(() => Promise.all(options.services.map((name) => system.services[name].stop())))
  const sql = openSql(postgres.url)
  t.teardown(() => sql.close())
  const pids = [postgres.pid, system.redis.pid, ...options.services.map((name) => system.services[name].pid())]
  return {
    system,
    sql,
    databaseUrl: postgres.url,
    graph,
    graphUrl,
    port: Number(system.env.GATEWAY_PORT),
    cpu: () => cpuSeconds(pids)
  }
}

/** One of the servers of bare-servers.ts; resolves with its port. */
export async function startBare(
  t: TestContext,
  name: string,
  env: Record<string, string>
): Promise<{ port: number; ask(): Promise<unknown> }> {
  const child = fork(new URL('bare-servers.ts', import.meta.url).pathname, [name], { env: { ...process.env, ...env } })
  t.teardown(() => child.kill('SIGKILL'))
  const [first] = (await once(child, 'message')) as [{ port: number }]
  return {
    port: first.port,
    async ask() {
      const answered = once(child, 'message')
      child.send('ask')
      return ((await answered) as unknown[])[0]
    }
  }
}

/** Gives the tenant numbers to send from, each with a rate of its own; returns their ids. */
export async function addNumbers({ system }: Stage, count: number, rate: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => String(200_000_000_000_000 + index))
  for (const id of ids) {
    const { status, text } = await system.client.put(`/v1/phone-numbers/${id}`, {
      access_token: system.env.WHATSAPP_ACCESS_TOKEN,
      rate
    })
    if (status >= 300) throw new Error(`the number was not added: ${status} ${text}`)
  }
  return ids
}
