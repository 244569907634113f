import { eventually, type TestContext } from '@wag/testkit'
import { runLoad } from '../../load/plan.ts'
import { evenness } from '../../load/windows.ts'
import { type Figure } from '../figures.ts'
import { openStage } from '../stage.ts'
import { messages } from './accept.ts'
import { type ScenarioOptions } from './options.ts'
import { measureSends } from './send.ts'

/** One number at its rate with two sender processes, as the receiver sees it. */
export async function pace(t: TestContext, rate: number, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, {
    services: ['gateway', 'sender'],
    env: { SEND_RATE_DEFAULT: String(rate) }
  })
  await stage.system.addNode('sender')
  await stage.graph.ask({ kind: 'settings', latencyMs: 100 })
  const source = {
    ...messages(stage),
    kind: 'batches' as const,
    path: '/v1/messages/batch',
    size: Math.min(1_000, rate)
  }
  const requests = Math.ceil((rate * options.seconds) / source.size)
  const { cpuUs, p50Ms, p99Ms } = await measureSends(stage, { connections: 2, requests, seconds: 60, source })
  const arrivals = new Map((await stage.graph.ask({ kind: 'arrivals' })) as [string, number[]][])
  const stallMs = (await stage.graph.ask({ kind: 'stall' })) as number
  const [seen = []] = arrivals.values()
  const { count, meanPerS, maxPerS, maxAtS } = evenness(seen)
  if (count !== requests * source.size) throw new Error(`${requests * source.size} were accepted and ${count} arrived`)
  return [
    {
      name: `pace-${rate}`,
      rate: meanPerS,
      p50Ms,
      p99Ms,
      cpuUs,
      limit: 'the set rate',
      limitRate: rate,
      ratio: meanPerS / rate,
      controlRate: null,
      notes: {
        'fullest second': `${maxPerS} (${((maxPerS / rate) * 100).toFixed(1)} %), ${maxAtS.toFixed(1)} s after the first`,
        messages: count,
        'longest stall of the receiver': `${stallMs.toFixed(0)} ms`
      }
    }
  ]
}

/** One-time codes posted into a backlog of bulk messages: from acceptance to the record of their send. */
export async function overtaking(
  t: TestContext,
  backlog: number,
  codes: number
): Promise<{ p50Ms: number; p99Ms: number }> {
  const stage = await openStage(t, { services: ['gateway', 'sender'], env: { SEND_RATE_DEFAULT: '80' } })
  const bulk = {
    ...messages(stage),
    kind: 'batches' as const,
    path: '/v1/messages/batch',
    size: 1_000,
    priority: 'bulk'
  }
  await runLoad({ port: stage.port, connections: 2, requests: backlog / 1_000, seconds: 120, source: bulk })
  const source = { ...messages(stage), priority: 'otp', first: 1_000_000 }
  await runLoad({ port: stage.port, connections: 10, requests: codes, seconds: 120, rate: 40, source })
  return eventually(
    async () => {
      const [row] = await stage.sql.query<{ many: number; p50: number; p99: number }>(`
        select count(sent_at)::int as many,
          percentile_cont(0.5) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p50,
          percentile_cont(0.99) within group (order by extract(epoch from sent_at - created_at))::float8 * 1000 as p99
        from messages where priority = 0`)
      if (!row || row.many < codes) throw new Error(`${row?.many} of ${codes} codes have left`)
      return { p50Ms: row.p50, p99Ms: row.p99 }
    },
    { timeoutMs: 60_000, intervalMs: 200 }
  )
}
