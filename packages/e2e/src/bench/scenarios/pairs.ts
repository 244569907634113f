import { type Figure } from '../figures.ts'
import { scoped } from '../scoped.ts'
import { addNumbers, openStage } from '../stage.ts'
import { metaLatencyMs } from './accept.ts'
import { measureIngest, planStatuses } from './ingest.ts'
import { type ScenarioOptions } from './options.ts'
import { measureSends, planSends, senderEnv } from './send.ts'

type Measured = { rate: number; p50Ms: number; p99Ms: number }

/** Two senders against one, on the same cores: what the second costs by being in the way. */
export async function sendPair(options: ScenarioOptions): Promise<Figure[]> {
  return pair('send-two', 'one sender', (count) => sendsOf(count, options))
}

/** Two ingests against one. */
export async function ingestPair(options: ScenarioOptions): Promise<Figure[]> {
  return pair('ingest-two', 'one ingest', (count) => updatesOf(count, options))
}

/** One is measured before and after, since the machine's own speed drifts. */
async function pair(name: string, limit: string, measure: (count: number) => Promise<Measured>): Promise<Figure[]> {
  const before = await measure(1)
  const two = await measure(2)
  const after = await measure(1)
  const limitRate = (before.rate + after.rate) / 2
  return [{ name, ...two, limit, limitRate, ratio: two.rate / limitRate, controlRate: null }]
}

function sendsOf(senders: number, options: ScenarioOptions): Promise<Measured> {
  return scoped(async (t) => {
    const stage = await openStage(t, { services: ['gateway', 'sender'], env: senderEnv })
    if (senders === 2) await stage.system.addNode('sender', {})
    const ids = await addNumbers(stage, 8, 1_000)
    await stage.graph.ask({ kind: 'settings', latencyMs: metaLatencyMs })
    const { rate, p50Ms, p99Ms } = await measureSends(stage, planSends(stage, ids, options))
    return { rate, p50Ms, p99Ms }
  })
}

function updatesOf(ingests: number, options: ScenarioOptions): Promise<Measured> {
  return scoped(async (t) => {
    const stage = await openStage(t, { services: ['gateway', 'ingest'] })
    if (ingests === 2) await stage.system.addNode('ingest', {})
    const { report, applied } = await measureIngest(stage, await planStatuses(stage, 10, options))
    return { rate: applied.many / applied.seconds, p50Ms: report.p50Ms, p99Ms: report.p99Ms }
  })
}
