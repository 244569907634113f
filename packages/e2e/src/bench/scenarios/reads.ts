import { type Sql, type TestContext } from '@wag/testkit'
import { type Figure, quantile } from '../figures.ts'
import { openStage, type Stage } from '../stage.ts'

const small = 100_000
const large = 2_000_000
const reads = 300

/** What a console reads, at 2 million messages and at 100,000. */
export async function reads2m(t: TestContext): Promise<Figure[]> {
  const stage = await openStage(t, { services: ['gateway'] })
  await seed(stage.sql, 0, small)
  const before = await measure(stage)
  await seed(stage.sql, small, large)
  const after = await measure(stage)
  const ratios = after.map(({ name, p50Ms }, index) => `${name} ${(p50Ms / (before[index]?.p50Ms ?? 1)).toFixed(2)}`)
  const all = (found: Found[]): number[] => found.flatMap(({ times }) => times).sort((a, b) => a - b)
  const rateOf = (found: Found[]): number => (1000 * all(found).length) / all(found).reduce((sum, ms) => sum + ms, 0)
  return [
    {
      name: 'reads',
      rate: rateOf(after),
      p50Ms: quantile(all(after), 0.5),
      p99Ms: quantile(all(after), 0.99),
      limit: `the same reads at ${small} messages`,
      limitRate: rateOf(before),
      ratio: rateOf(after) / rateOf(before),
      controlRate: null,
      notes: { 'time at 2 million to time at 100,000': ratios.join(', ') }
    }
  ]
}

type Found = { name: string; p50Ms: number; times: number[] }

async function measure({ sql, system }: Stage): Promise<Found[]> {
  const sample = await sql.query<{ id: string; contact: number }>(
    'select id, contact_id as contact from messages tablesample system (1) limit $1',
    [reads]
  )
  const paths: Record<string, (index: number) => string> = {
    one: (index) => `/v1/messages/${sample[index]?.id}`,
    newest: () => '/v1/messages?limit=50',
    contact: (index) => `/v1/messages?contact=${sample[index]?.contact}&limit=50`,
    failed: () => '/v1/messages?state=failed&limit=50',
    conversation: (index) => `/messages/${sample[index]?.contact}/?limit=50`,
    contacts: () => '/contacts/?limit=50'
  }
  const found: Found[] = []
  for (const [name, pathOf] of Object.entries(paths)) {
    const times: number[] = []
    for (let index = 0; index < reads; index++) {
      const began = performance.now()
      const { status, text } = await system.client.get(pathOf(index % sample.length))
      if (status !== 200) throw new Error(`${pathOf(index)}: ${status} ${text}`)
      // The first ones pay for what is cold.
      if (index >= 50) times.push(performance.now() - began)
    }
    times.sort((a, b) => a - b)
    found.push({ name, times, p50Ms: quantile(times, 0.5) })
  }
  return found
}

/** Messages `from` up to `to`, a hundred to a contact, one in fifty failed. */
async function seed(sql: Sql, from: number, to: number): Promise<void> {
  for (let begin = from; begin < to; begin += 50_000) {
    const end = Math.min(to, begin + 50_000)
    await sql.query(
      `insert into contacts (tenant_id, wa_id, profile_name)
       select id, '1650' || (5000000 + i), 'Ada ' || i from tenants, generate_series($1::int / 100, $2::int / 100) i on conflict do nothing`,
      [begin, end - 1]
    )
    await sql.query(
      `insert into messages (tenant_id, id, direction, phone_number_id, contact_id, recipient, state, type, content, wamid, at, attempts, error)
       select c.tenant_id, gen_random_uuid(), 'out', '106540352242922', c.id, c.wa_id,
         (case when i % 50 = 0 then 'failed' else 'read' end)::message_state, 'text', '{"type":"text","text":{"body":"Your parcel is on its way."}}',
         'wamid.READS' || i, now() - interval '30 days' + i * interval '1 second', 1,
         case when i % 50 = 0 then '{"code":131026,"message":"Message undeliverable"}'::json end
       from generate_series($1::int, $2::int - 1) i join contacts c on c.wa_id = '1650' || (5000000 + i / 100)`,
      [begin, end]
    )
  }
  await sql.query('vacuum analyze messages')
  await sql.query('vacuum analyze contacts')
}
