import { randomUUID } from 'node:crypto'
import { eventually } from '@wag/testkit'
import { type Arena } from './arena.ts'
import { type Fault } from './fault.ts'
import { disturb } from './rows-meta.ts'

/** What Meta sends. */
export const webhookFaults: Fault[] = [
  {
    id: 'F30',
    title: 'webhooks come doubled, backwards and in heaps',
    expected: 'the same final states',
    strike: (arena) =>
      disturb(
        arena,
        [
          { kind: 'duplicate_webhooks', probability: 0.5 },
          { kind: 'reorder_webhooks', probability: 0.5 },
          { kind: 'batch_webhooks', size: 200, probability: 0.2 }
        ],
        6_000
      )
  },
  {
    id: 'F31',
    title: 'webhooks of unknown fields, numbers and shapes',
    expected: 'stored, and in nobody’s way',
    async strike(arena) {
      await spray(arena, strangeBodies)
    }
  },
  {
    id: 'F32',
    title: 'one wamid twice in a body, and in two bodies at once',
    expected: 'one message each',
    async strike({ system, sql }) {
      const number = system.env.WHATSAPP_FROM_PHONE_NUMBER_ID
      const wamids = Array.from({ length: 40 }, () => `wamid.${randomUUID()}`)
      const answers = await Promise.all(
        wamids.flatMap((id) => {
          const message = { from: '19175550100', id, timestamp: '1795363200', type: 'text', text: { body: 'twice' } }
          const once = around({ metadata: { phone_number_id: number }, messages: [message] })
          const twice = around({ metadata: { phone_number_id: number }, messages: [message, message] })
          return [system.client.webhook(twice), system.client.webhook(once), system.client.webhook(once)]
        })
      )
      const refused = answers.filter(({ status }) => status !== 200)
      if (refused.length > 0) throw new Error(`${refused.length} of ${answers.length} webhooks were refused`)
      await eventually(
        async () => {
          const [row] = await sql.query<{ many: number; distinct: number }>(
            'select count(*)::int as many, count(distinct wamid)::int as distinct from messages where wamid = any ($1)',
            [wamids]
          )
          const { many, distinct } = row ?? { many: 0, distinct: 0 }
          if (many !== wamids.length || distinct !== many)
            throw new Error(`${wamids.length} messages that came three times are ${many}, ${distinct} of them distinct`)
          return true
        },
        { timeoutMs: 30_000, intervalMs: 200 }
      )
    }
  },
  {
    id: 'F33',
    title: 'webhooks with U+0000, lone surrogates, endless numbers and depth',
    expected: 'stored; what cannot be applied is quarantined alone',
    async strike(arena) {
      const bodies = await spray(arena, poisonBodies)
      await eventually(
        async () => {
          const [row] = await arena.sql.query<{ aside: number; open: number }>(
            `select count(*) filter (where processed_at is null)::int as open,
              count(*) filter (where exists (select from quarantine q where q.inbox_id = i.id))::int as aside
             from inbox i where body = any ($1::bytea[])`,
            [bodies]
          )
          if (!row || row.open > 0 || row.aside === 0)
            throw new Error(`of ${bodies.length} bodies ${row?.open} wait and ${row?.aside} are quarantined`)
          return true
        },
        { timeoutMs: 60_000, intervalMs: 200 }
      )
    }
  }
]

/** Posts bodies and gives them as bytes, once each is known to be stored as it came. */
async function spray({ system, sql }: Arena, make: (number: string) => (string | object)[]): Promise<Buffer[]> {
  const bodies = make(system.env.WHATSAPP_FROM_PHONE_NUMBER_ID ?? '')
  for (const body of bodies) {
    const { status } = await system.client.webhook(body)
    if (status !== 200) throw new Error(`a webhook was answered with ${status}`)
  }
  const bytes = bodies.map((body) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  const stored = await sql.query('select distinct body from inbox where body = any ($1::bytea[])', [bytes])
  if (stored.length < bodies.length) throw new Error(`of ${bodies.length} bodies ${stored.length} are stored`)
  return bytes
}

function around(value: unknown, field = 'messages'): object {
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] }
}

function strangeBodies(number: string): (string | object)[] {
  const metadata = { phone_number_id: number }
  return [
    {},
    [],
    'null',
    { object: 'whatsapp_business_account', entry: [] },
    { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [] }] },
    around({}, 'a_field_of_tomorrow'),
    around({ metadata: { phone_number_id: '999' }, messages: [{ id: 'wamid.strange', from: '1', type: 'text' }] }),
    around({
      metadata,
      messages: [{ id: 'wamid.hologram', from: '19175550100', timestamp: '1', type: 'hologram', hologram: {} }]
    }),
    around({ metadata, statuses: [{ id: 'wamid.nobody', status: 'in_orbit', timestamp: '1' }] })
  ]
}

function poisonBodies(number: string): (string | object)[] {
  const text = (body: string): string =>
    `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"${number}"},"messages":[{"id":"wamid.poison${body.length}","from":"19175550100","timestamp":"1","type":"text","text":{"body":"${body}"}}]}}]}]}`
  return [
    text('\\u0000'),
    text('a\\ud800b'),
    `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"n":${'9'.repeat(200_000)}}}]}]}`,
    '['.repeat(20_000) + ']'.repeat(20_000),
    '\ufeff{}',
    'not json'
  ]
}
