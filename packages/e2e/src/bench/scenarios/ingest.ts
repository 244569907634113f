import { eventually, type Sql, type TestContext } from '@wag/testkit'
import { type LoadReport, runLoad } from '../../load/plan.ts'
import { type Source, seededId, seededWaId, seededWamid } from '../../load/requests.ts'
import { bareInsertRate } from '../bare-insert.ts'
import { type Figure } from '../figures.ts'
import { openStage, type Stage, startBare } from '../stage.ts'
import { number } from './accept.ts'
import { type ScenarioOptions } from './options.ts'

const updatesPerS = new Map([
  [1, 14_000],
  [10, 45_000],
  [100, 60_000]
])

/** Statuses of sent messages, `size` to a webhook: answered, and all of them applied. */
export async function ingest(t: TestContext, size: number, options: ScenarioOptions): Promise<Figure[]> {
  const stage = await openStage(t, { services: ['gateway', 'ingest'] })
  const plan = await planStatuses(stage, size, options)
  const bare = await startBare(t, 'signed', { APP_SECRET: plan.source.secret })
  const limit = await runLoad({ ...plan, port: bare.port })
  const insertRate = await bareInsertRate(stage.sql, 2)
  const before = await stage.cpu()
  const { report, applied } = await measureIngest(stage, plan)
  const cpu = (await stage.cpu()) - before
  const limitRate = ((limit.answered * size) / limit.tookMs) * 1000
  const rate = applied.many / applied.seconds
  return [
    {
      name: `ingest-${size}`,
      rate,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      cpuUs: (cpu / applied.many) * 1e6,
      limit: 'a route that checks the signature and nothing more',
      limitRate,
      ratio: rate / limitRate,
      controlRate: null,
      notes: {
        'answered updates/s': Math.round(((report.answered * size) / report.tookMs) * 1000),
        'bare insert rows/s': Math.round(insertRate)
      }
    }
  ]
}

type StatusPlan = Omit<Parameters<typeof runLoad>[0], 'port' | 'source'> & {
  source: Extract<Source, { kind: 'statuses' }>
}

/** As many statuses as could be taken, and the messages that they are of. */
export async function planStatuses(stage: Stage, size: number, { seconds }: ScenarioOptions): Promise<StatusPlan> {
  const secret = stage.system.env.WHATSAPP_APP_SECRET ?? ''
  const updates = (updatesPerS.get(size) ?? 10_000) * seconds
  await seedSent(stage.sql, stage, Math.ceil(updates / 3))
  const source = { kind: 'statuses' as const, path: '/whatsapp-webhook/', secret, number: number(stage), size }
  return { connections: 100, requests: Math.floor(updates / size), seconds, source }
}

/** Runs the load until all that was answered is applied. */
export async function measureIngest(stage: Stage, plan: StatusPlan) {
  const report = await runLoad({ ...plan, port: stage.port })
  refuseOthers(report)
  return { report, applied: await appliedAll(stage.sql, report.answered * plan.source.size) }
}

function refuseOthers({ statuses, lost }: LoadReport): void {
  if (lost > 0 || Object.keys(statuses).some((status) => status !== '200'))
    throw new Error(JSON.stringify({ statuses, lost }))
}

/** Waits until every webhook is applied; the rate is from the first one stored to the last one applied. */
async function appliedAll(sql: Sql, updates: number): Promise<{ many: number; seconds: number }> {
  return eventually(
    async () => {
      const [row] = await sql.query<{ open: number; seconds: number }>(`
        select count(*) filter (where processed_at is null)::int as open,
          extract(epoch from max(processed_at) - min(received_at))::float8 as seconds from inbox`)
      if (row?.open !== 0) throw new Error(`${row?.open} webhooks wait`)
      const [counted] = await sql.query<{ many: number }>(
        'select count(*)::int as many from statuses where message_id is not null'
      )
      if (counted?.many !== updates) throw new Error(`${counted?.many} of ${updates} updates were applied`)
      return { many: updates, seconds: row.seconds }
    },
    { timeoutMs: 120_000, intervalMs: 50 }
  )
}

/** Messages that Meta has taken, as the load of statuses names them. */
export async function seedSent(sql: Sql, stage: Stage, many: number): Promise<void> {
  const contacts = 5_000
  await sql.query(
    `insert into contacts (tenant_id, wa_id) select id, '1650' || (5000000 + i) from tenants, generate_series(0, $1::int - 1) i on conflict do nothing`,
    [contacts]
  )
  await sql.query(
    `insert into messages (tenant_id, id, direction, phone_number_id, contact_id, recipient, state, type, content, wamid, at, attempts, claim, sent_at)
     select c.tenant_id, ('0194f000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'out', $2, c.id, c.wa_id, 'sent', 'text',
       '{"type":"text","text":{"body":"Your parcel is on its way and will be with you between nine and eleven."}}',
       'wamid.BENCH' || lpad(i::text, 12, '0'), now() - interval '1 hour' + i * interval '1 millisecond', 1, gen_random_uuid(), now()
     from generate_series(0, $1::int - 1) i join contacts c on c.wa_id = '1650' || (5000000 + i % ${contacts})`,
    [many, number(stage)]
  )
  const [row] = await sql.query<{ id: string; recipient: string }>(
    'select id, recipient from messages where wamid = $1',
    [seededWamid(7)]
  )
  if (row?.id !== seededId(7) || row.recipient !== seededWaId(7))
    throw new Error('the seed and the load name messages differently')
  await sql.query('analyze messages')
}
