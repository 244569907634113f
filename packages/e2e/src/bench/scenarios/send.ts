import { eventually, type TestContext } from '@wag/testkit'
import { runLoad } from '../../load/plan.ts'
import { type Figure } from '../figures.ts'
import { addNumbers, openStage, type Stage, startBare } from '../stage.ts'
import { inlineControl, messages, metaLatencyMs } from './accept.ts'
import { type ScenarioOptions } from './options.ts'

const numbers = 8
const connections = 100

/** As many POSTs may be under way: those of a time of Meta's, at more than can be reached. */
const inFlightMax = 2_000
export const senderEnv = { SENDER_CONCURRENCY: String(inFlightMax) }

/**
 * Accept → Meta's 200 → recorded, from eight numbers, all of it while the load goes on. Meta takes its usual time, for us
 * as for what we are held against; a way that has its callers wait for it is bounded by them.
 */
export async function send(t: TestContext, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, {
    services: ['gateway', 'sender'],
    env: senderEnv
  })
  const ids = await addNumbers(stage, numbers, 1_000)
  const plan = planSends(stage, ids, options)
  const inline = await inlineControl(t, stage)
  const control = await runLoad({ ...plan, port: inline.port })
  const limitRate = await queueRate(t, stage, plan)
  const { rate, cpuUs, p50Ms, p99Ms } = await measureSends(stage, plan)
  return [
    {
      name: 'send',
      rate,
      p50Ms,
      p99Ms,
      cpuUs,
      limit: 'BullMQ add + worker + POST, no ledger',
      limitRate,
      ratio: rate / limitRate,
      controlRate: (control.answered / control.tookMs) * 1000,
      notes: { times: `accepted to recorded as sent; Meta takes ${metaLatencyMs} ms of it` }
    }
  ]
}

type Plan = Omit<Parameters<typeof runLoad>[0], 'port'>

/** More messages than can be sent. */
export function planSends(stage: Stage, ids: string[], { seconds }: ScenarioOptions): Plan {
  return { connections, requests: 8_000 * seconds, seconds, source: messages(stage, ids) }
}

/** The same load on a queue without a ledger: from the first request to the last POST. */
async function queueRate(t: TestContext, stage: Stage, plan: Plan): Promise<number> {
  const bare = await startBare(t, 'queue', {
    REDIS_URL: stage.system.redis.url,
    GRAPH_URL: stage.graphUrl,
    IN_FLIGHT: String(inFlightMax)
  })
  const report = await runLoad({ ...plan, port: bare.port })
  return eventually(
    async () => {
      const { sent, seconds } = (await bare.ask()) as { sent: number; seconds: number }
      if (sent < report.answered) throw new Error(`${sent} of ${report.answered}`)
      return sent / seconds
    },
    { timeoutMs: 120_000, intervalMs: 20 }
  )
}

/** Sends per second from the first acceptance to the last record, by the ledger's own clock. */
export async function measureSends(stage: Stage, plan: Plan) {
  const before = await stage.cpu()
  const report = await runLoad({ ...plan, port: stage.port })
  if (Object.keys(report.statuses).some((status) => status !== '202')) throw new Error(JSON.stringify(report.statuses))
  await eventually(
    async () => {
      const [row] = await stage.sql.query<{ open: number }>(
        'select count(*)::int as open from messages where due_at is not null'
      )
      if (row?.open !== 0) throw new Error(`${row?.open} are still on their way`)
      return true
    },
    { timeoutMs: 300_000, intervalMs: 100 }
  )
  const cpu = (await stage.cpu()) - before
  const [row] = await stage.sql.query<{ many: number; seconds: number; p50: number; p99: number; bad: number }>(`
    select count(*)::int as many, count(*) filter (where state <> 'sent')::int as bad,
      extract(epoch from max(sent_at) - min(created_at))::float8 as seconds,
      percentile_cont(0.5) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p50,
      percentile_cont(0.99) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p99
    from messages where direction = 'out'`)
  if (!row || row.bad > 0 || row.many < report.answered) throw new Error(`not all were sent: ${JSON.stringify(row)}`)
  return { rate: row.many / row.seconds, cpuUs: (cpu / row.many) * 1e6, p50Ms: row.p50, p99Ms: row.p99 }
}
