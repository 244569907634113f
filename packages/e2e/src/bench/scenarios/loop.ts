import { setTimeout as sleep } from 'node:timers/promises'
import { type TestContext } from '@wag/testkit'
import { runLoad } from '../../load/plan.ts'
import { type Figure } from '../figures.ts'
import { addNumbers, openStage, type Stage } from '../stage.ts'
import { messages, number } from './accept.ts'
import { type ScenarioOptions } from './options.ts'

const sendsPerS = 1_000
const inboundPerS = 300

/**
 * The whole system at Meta's ceiling: 1,000 sends a second, the three statuses of each, and 300 messages of customers,
 * everything and the load itself on the same machine.
 */
export async function loop(t: TestContext, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, {
    services: ['simulator', 'gateway', 'sender', 'ingest', 'realtime'],
    env: { SIMULATOR_LATENCY_MS: '20' }
  })
  await stage.system.client.control('settings', { recording: 'none', webhook_batch_max: 1 })
  const ids = await addNumbers(stage, 4, 1_000)
  for (const id of ids) await stage.system.client.control('phone-numbers', { id, throughput: 'HIGH' })
  const seconds = options.seconds
  const secret = stage.system.env.WHATSAPP_APP_SECRET ?? ''
  const inbound = { kind: 'inbound' as const, path: '/whatsapp-webhook/', secret, number: number(stage), size: 1 }
  const before = await stage.cpu()
  const backlogs: string[] = []
  const watch = watchBacklog(stage, backlogs, seconds)
  const [sends, webhooks] = await Promise.all([
    runLoad({
      port: stage.port,
      connections: 100,
      requests: sendsPerS * seconds,
      seconds,
      rate: sendsPerS,
      source: messages(stage, ids)
    }),
    runLoad({
      port: stage.port,
      connections: 50,
      requests: inboundPerS * seconds,
      seconds,
      rate: inboundPerS,
      source: inbound
    })
  ])
  await watch
  await sleep(5_000)
  const cpu = (await stage.cpu()) - before
  const [row] = await stage.sql.query<{
    many: number
    sent: number
    read: number
    p50: number
    p99: number
    seconds: number
  }>(`
    select count(*)::int as many, count(sent_at)::int as sent,
      count(*) filter (where state in ('read', 'played'))::int as read,
      percentile_cont(0.5) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p50,
      percentile_cont(0.99) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p99,
      extract(epoch from max(sent_at) - min(created_at))::float8 as seconds
    from messages where direction = 'out'`)
  if (!row?.sent || row.sent < row.many * 0.99) throw new Error(`${row?.sent} of ${row?.many} were sent`)
  const rate = row.sent / row.seconds
  return [
    {
      name: 'loop',
      rate,
      p50Ms: row.p50,
      p99Ms: row.p99,
      cpuUs: (cpu / row.many) * 1e6,
      limit: 'the offered load',
      limitRate: sendsPerS,
      ratio: rate / sendsPerS,
      controlRate: null,
      notes: {
        times: 'accepted to recorded as sent',
        'accept answers': `p50 ${sends.p50Ms.toFixed(1)} ms, p99 ${sends.p99Ms.toFixed(1)} ms`,
        'webhook answers': `p50 ${webhooks.p50Ms.toFixed(1)} ms, p99 ${webhooks.p99Ms.toFixed(1)} ms, most ${webhooks.maxMs.toFixed(0)} ms`,
        'read 5 s after the end': `${row.read} of ${row.many}`,
        'backlog (unsent, webhooks unapplied)': backlogs.join(', ')
      }
    }
  ]
}

/** Looks six times at what waits: a backlog that is flat does not grow. */
async function watchBacklog({ sql }: Stage, backlogs: string[], seconds: number): Promise<void> {
  for (let look = 0; look < 6; look++) {
    await sleep((seconds * 1000) / 6)
    const [row] = await sql.query<{ unsent: number; unapplied: number }>(`
      select (select count(*)::int from messages where due_at is not null and direction = 'out') as unsent,
        (select count(*)::int from inbox where processed_at is null) as unapplied`)
    backlogs.push(`${row?.unsent}+${row?.unapplied}`)
  }
}
