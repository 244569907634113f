import { createId } from '@wag/contracts'
import { eventually, findTraces } from '@wag/testkit'
import t from 'tap'
import { type System, startSystem } from '../src/index.ts'

const number = '4915112223334'
const neighbour = '4915155556666'
const canary = { name: 'Canarina Vogel', text: 'kanarienfutter', file: 'kanari-rechnung.pdf', bytes: 'gelbe federn' }
const words = [number, ...Object.values(canary)]

/** A wamid as Meta makes them: the base64 of bytes with the phone number among them. */
function wamid(waId: string, serial: string): string {
  const bytes = `\x1c\x18${String.fromCharCode(waId.length)}${waId}\x15\x02\x00\x12\x18\x14${serial}\x00`
  return `wamid.${Buffer.from(bytes, 'latin1').toString('base64')}`
}

const metadata = { display_phone_number: '15550000000', phone_number_id: '106540352242922' }

function bodyOf(...changes: { field: string; value: object }[]) {
  return { object: 'whatsapp_business_account', entry: [{ id: '102290129340398', time: 1_750_000_000, changes }] }
}

function messages(value: object) {
  return { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
}

function text(from: string, serial: string, body: string, at = Date.now()) {
  return { from, id: wamid(from, serial), timestamp: String(Math.floor(at / 1_000)), type: 'text', text: { body } }
}

function profile(wa_id: string, name: string) {
  return { wa_id, profile: { name } }
}

/** One body that speaks of both: messages, a status nobody knows the message of, a field nobody knows, a misfit. */
const mixed = bodyOf(
  messages({
    contacts: [profile(number, canary.name), profile(neighbour, 'Nora Nachbar')],
    messages: [text(number, 'IN1', canary.text), text(neighbour, 'IN2', 'guten tag')]
  }),
  messages({
    statuses: [{ id: wamid(number, 'NOBODYS'), status: 'read', timestamp: '1750000001', recipient_id: number }]
  }),
  { field: 'never_heard_of', value: { wa_id: number, note: canary.text } },
  messages({ messages: [{ from: number, type: 'text', text: { body: canary.text } }] })
)

type Contact = { id: number; wa_id: string }

async function contactOf({ client }: System, waId: string): Promise<Contact | undefined> {
  const { body } = await client.get('/contacts/')
  return (body as Contact[]).find((contact) => contact.wa_id === waId)
}

async function settled({ db }: System): Promise<void> {
  await eventually(
    async () => (await db.selectFrom('inbox').select('id').where('processed_at', 'is', null).execute()).length === 0,
    { timeoutMs: 20_000 }
  )
}

/** Everything a person can leave behind: messages both ways, media, keys, statuses, quarantine. */
async function fill(system: System): Promise<void> {
  const { client, db } = system
  const data = Buffer.from(canary.bytes).toString('base64')
  const content = { data, mime_type: 'application/pdf', filename: canary.file }
  await client.control('messages', { from: number, profile_name: canary.name, type: 'document', content })
  await client.control('messages', { from: neighbour, text: 'hallo' })
  t.equal((await client.webhook(mixed)).status, 200)
  const message = { type: 'text', text: { body: `Danke, ${canary.name}` }, metadata: { customer: canary.name } }
  const key = { 'idempotency-key': `order-of-${number}` }
  await eventually(async () => (await contactOf(system, number)) && (await contactOf(system, neighbour)))
  t.equal((await client.post('/v1/messages', { to: `+${number}`, ...message }, key)).status, 202)
  const later = new Date(Date.now() + 3_600_000).toISOString()
  t.equal((await client.post('/v1/messages', { to: `+${number}`, send_at: later, ...message })).status, 202)
  t.equal(
    (await client.post('/v1/messages', { to: `+${neighbour}`, type: 'text', text: { body: 'an die Nachbarin' } }))
      .status,
    202
  )
  await eventually(
    async () => {
      const rows = await db.selectFrom('messages').select('id').where('state', '=', 'read').execute()
      const media = await db.selectFrom('media').select('id').where('state', '=', 'stored').execute()
      return rows.length === 2 && media.length === 1
    },
    { timeoutMs: 20_000 }
  )
  await settled(system)
}

/** What the neighbour's rows say. */
async function rowsOf({ db }: System, waId: string) {
  const contact = await db.selectFrom('contacts').selectAll().where('wa_id', '=', waId).executeTakeFirstOrThrow()
  const rows = await db.selectFrom('messages').selectAll().where('contact_id', '=', contact.id).orderBy('id').execute()
  const wamids = rows.flatMap((row) => row.wamid ?? [])
  const statuses = await db.selectFrom('statuses').selectAll().where('wamid', 'in', wamids).execute()
  const events = await db.selectFrom('events').selectAll().where('contact_id', '=', contact.id).orderBy('seq').execute()
  return { contact, rows, statuses: statuses.length, events }
}

async function erase({ client }: System, id: number) {
  const answer = await client.delete(`/v1/contacts/${id}`)
  t.ok([200, 202].includes(answer.status), answer.text)
  const { id: requestId } = answer.body as { id: string }
  return eventually(
    async () => {
      const { body } = await client.get(`/v1/privacy-requests/${requestId}`)
      return (body as { state: string }).state === 'done' ? (body as Record<string, unknown>) : undefined
    },
    { timeoutMs: 30_000 }
  )
}

t.test('after an erasure neither the database nor the media hold a trace, and nothing brings one back', async (t) => {
  const folder = t.testdir()
  const system = await startSystem(t, { env: { MEDIA_DIR: folder } })
  const { client, db, env } = system
  const traces = () => findTraces(env.DATABASE_URL ?? '', words, [folder])
  await fill(system)
  const before = await traces()
  for (const word of words)
    t.ok(
      before.some((trace) => trace.startsWith(word)),
      `${word} can be found`
    )
  const places = new Set(before.map((trace) => trace.replace(/.* in /, '').replace(/_\d{4}_\d\d_\d\d/, '')))
  for (const place of ['inbox.body', 'quarantine.item', 'statuses.content', 'events.data', 'idempotency_keys.key']) {
    t.ok(places.has(place), `${place} has something to lose`)
  }
  const untouched = await rowsOf(system, neighbour)
  const { id = 0 } = (await contactOf(system, number)) ?? {}

  const exported = await client.get(`/v1/contacts/${id}/export`)
  for (const word of [number, canary.name, canary.text, canary.file]) t.match(exported.text, word)
  t.notMatch(exported.text, neighbour)

  const audit = await erase(system, id)
  t.strictSame(await traces(), [])
  t.match(audit, { kind: 'erasure', contact_id: id, key_id: /-/, finished_at: /Z$/ })
  t.match(audit.counts, { messages: 4, media: 1 })
  const { body } = await client.get('/v1/privacy-requests')
  t.match(body, { requests: [{ kind: 'erasure' }, { kind: 'export' }] })

  t.strictSame(await rowsOf(system, neighbour), untouched, 'of the neighbour nothing has changed')
  t.equal((await client.get(`/v1/contacts/${id}/export`)).status, 404)
  t.equal((await client.get(`/messages/${id}/`)).status, 404)
  const states = await db.selectFrom('messages').select('state').where('contact_id', '=', id).execute()
  t.same(
    new Set(states.map(({ state }) => state)),
    new Set(['received', 'read', 'cancelled']),
    'they are still counted'
  )

  // Meta repeats what it sent before, and more comes of what was sent then.
  t.equal((await client.webhook(mixed)).status, 200)
  const late = { timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: number }
  const contacts = [profile(number, canary.name)]
  await client.webhook(
    bodyOf(messages({ contacts, statuses: [{ id: wamid(number, 'LATE'), status: 'read', ...late }] }))
  )
  await client.webhook(
    bodyOf(messages({ contacts, messages: [text(number, 'OLD', canary.text, Date.now() - 86_400_000)] }))
  )
  await settled(system)
  t.strictSame(await traces(), [])
  t.notOk(await contactOf(system, number))

  await client.webhook(bodyOf(messages({ contacts, messages: [text(number, createId(), 'ich noch einmal')] })))
  const back = await eventually(() => contactOf(system, number))
  t.not(back.id, id, 'whoever writes anew is a new contact')
})
