import { type TestContext } from '@wag/testkit'
import { runLoad } from '../../load/plan.ts'
import { type Source } from '../../load/requests.ts'
import { bareInsertRate } from '../bare-insert.ts'
import { type Figure } from '../figures.ts'
import { openStage, type Stage, startBare } from '../stage.ts'
import { type ScenarioOptions } from './options.ts'

const requestsPerS = 12_000

/** Single sends over 100 and 400 connections, answered once committed; and what a batch brings. */
export async function accept(t: TestContext, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, { services: ['gateway'] })
  const bare = await startBare(t, 'accept', {})
  const inline = await inlineControl(t, stage)
  const figures: Figure[] = []
  for (const connections of [100, 400]) {
    const plan = { connections, requests: requestsPerS * options.seconds, seconds: options.seconds }
    const limit = await runLoad({ ...plan, port: bare.port, source: messages(stage) })
    const control = await runLoad({ ...plan, port: inline.port, source: messages(stage) })
    const before = await stage.cpu()
    const report = await runLoad({ ...plan, port: stage.port, source: { ...messages(stage), path: '/v1/messages' } })
    const cpu = (await stage.cpu()) - before
    const stored = await count(stage)
    if (stored < report.answered) throw new Error(`${report.answered} were answered and ${stored} stored`)
    if (Object.keys(report.statuses).some((status) => status !== '202'))
      throw new Error(JSON.stringify(report.statuses))
    const rate = (report.answered / report.tookMs) * 1000
    const limitRate = (limit.answered / limit.tookMs) * 1000
    figures.push({
      name: connections === 100 ? 'accept' : `accept-${connections}`,
      rate,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      cpuUs: (cpu / report.answered) * 1e6,
      limit: 'the same route with validation and no store',
      limitRate,
      ratio: rate / limitRate,
      controlRate: (control.answered / control.tookMs) * 1000
    })
    await stage.sql.query('truncate messages, attempts cascade')
  }
  return figures
}

/** 1,000 messages to a request. */
export async function acceptBatch(t: TestContext, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, { services: ['gateway'] })
  const inline = await inlineControl(t, stage)
  const size = 1_000
  const limitRate = await bareInsertRate(stage.sql, options.seconds)
  const control = await runLoad({
    port: inline.port,
    connections: 100,
    requests: 3_000 * options.seconds,
    seconds: options.seconds,
    source: messages(stage)
  })
  const source: Source = {
    kind: 'batches',
    path: '/v1/messages/batch',
    token: token(stage),
    numbers: [number(stage)],
    size
  }
  const before = await stage.cpu()
  const report = await runLoad({
    port: stage.port,
    connections: 4,
    requests: 60 * options.seconds,
    seconds: options.seconds,
    source
  })
  const cpu = (await stage.cpu()) - before
  const stored = await count(stage)
  if (stored < report.answered * size) throw new Error(`${report.answered * size} were answered and ${stored} stored`)
  const rate = ((report.answered * size) / report.tookMs) * 1000
  return [
    {
      name: 'accept-batch',
      rate,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      cpuUs: (cpu / (report.answered * size)) * 1e6,
      limit: 'a bare unnest insert of 500 rows, two at a time',
      limitRate,
      ratio: rate / limitRate,
      controlRate: (control.answered / control.tookMs) * 1000
    }
  ]
}

/** How long Meta takes to answer a send, in milliseconds: what people see, give or take. */
export const metaLatencyMs = 350

/**
 * What people do without us: a row, a call to Meta and an update inside the request. Meta takes its usual time from here on:
 * that is what a caller waits for.
 */
export async function inlineControl(t: TestContext, stage: Stage): Promise<{ port: number }> {
  await stage.graph.ask({ kind: 'settings', latencyMs: metaLatencyMs })
  await stage.sql.query(
    'create table if not exists inline_messages (id uuid primary key, recipient text, body text, state text, wamid text, created_at timestamptz default now())'
  )
  return startBare(t, 'inline', { DATABASE_URL: stage.databaseUrl, GRAPH_URL: stage.graphUrl })
}

export function token({ system }: Stage): string {
  return system.env.API_KEY ?? ''
}

export function number({ system }: Stage): string {
  return system.env.WHATSAPP_FROM_PHONE_NUMBER_ID ?? ''
}

/** Single messages from the default number. */
export function messages(stage: Stage, numbers = [number(stage)]): Extract<Source, { kind: 'messages' }> {
  return { kind: 'messages', path: '/v1/messages', token: token(stage), numbers }
}

async function count({ sql }: Stage): Promise<number> {
  const rows = await sql.query<{ many: string }>('select count(*) as many from messages')
  return Number(rows[0]?.many)
}
