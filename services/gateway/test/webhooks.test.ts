import { createId } from '@wag/contracts'
import { type Db, giveUpWebhook, markProcessed, quarantine, recordExport, saveNumber, storeWebhooks } from '@wag/db'
import { type TestContext } from '@wag/testkit'
import t from 'tap'
import { addContact, authorization, encryptionKey, type Gateway, openGateway, tenantId } from './open.ts'

const headers = { authorization }
const done = { items: 2, applied: 2, parked: 0, stored: 0, quarantined: 0 }
const partly = { items: 2, applied: 1, parked: 0, stored: 0, quarantined: 1 }

/** An id as it would be made at another time. */
function idAt(time: string): string {
  const hex = new Date(time).getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${createId().slice(13)}`
}

async function store(db: Db, ...texts: string[]): Promise<string[]> {
  const webhooks = texts.map((text) => ({ id: createId(), tenantId, body: Buffer.from(text) }))
  await storeWebhooks(db, webhooks)
  return webhooks.map(({ id }) => id)
}

/** A webhook of each state. */
async function openInbox(t: TestContext) {
  const gateway = await openGateway(t)
  const { db } = gateway
  const [processed = '', quarantined = '', pending = ''] = await store(db, 'processed', 'quarantined', 'pending')
  await quarantine(db, [{ tenantId, id: createId(), inboxId: quarantined, item: { poison: 1 }, reason: 'why not' }])
  await markProcessed(db, [
    { id: processed, result: done },
    { id: quarantined, result: partly }
  ])
  return { gateway, db, processed, quarantined, pending }
}

async function get({ app }: Gateway, url: string) {
  const answer = await app.inject({ url, headers })
  return { status: answer.statusCode, headers: answer.headers, json: () => answer.json(), raw: answer.rawPayload }
}

async function idsOf(gateway: Gateway, query: string): Promise<string[]> {
  const { json } = await get(gateway, `/v1/webhooks?${query}`)
  return json().webhooks.map(({ id }: { id: string }) => id)
}

t.test('the inbox shows what came, how much, when, and what it came to; newest first', async (t) => {
  const { gateway, processed, quarantined, pending } = await openInbox(t)
  const { status, json } = await get(gateway, '/v1/webhooks')
  t.equal(status, 200)
  t.match(json(), {
    webhooks: [
      { id: pending, bytes: 7, state: 'pending', processed_at: null, result: null, attempts: 0, last_error: null },
      { id: quarantined, state: 'quarantined', result: partly },
      { id: processed, state: 'processed', result: done, processed_at: /Z$/, received_at: /Z$/ }
    ]
  })
  t.strictSame(await idsOf(gateway, 'state=pending'), [pending])
  t.strictSame(await idsOf(gateway, 'state=processed'), [processed])
  t.strictSame(await idsOf(gateway, 'state=quarantined'), [quarantined])
})

t.test('pages show each webhook once, also while others come in', async (t) => {
  const gateway = await openGateway(t)
  const ids = await store(gateway.db, ...Array.from({ length: 25 }, (_, index) => `body ${index}`))
  const seen: string[] = []
  let cursor = ''
  do {
    const { json } = await get(gateway, `/v1/webhooks?limit=10${cursor}`)
    const page = json()
    seen.push(...page.webhooks.map(({ id }: { id: string }) => id))
    await store(gateway.db, 'meanwhile')
    cursor = page.next === undefined ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  t.strictSame(seen, ids.toReversed())
})

t.test('every list under /v1 tells of its next page in one way, and refuses what it does not know', async (t) => {
  const gateway = await openGateway(t)
  const ids = await store(gateway.db, 'one', 'two')
  for (const id of ids) await giveUpWebhook(gateway.db, id, 'of no use')
  for (const to of ['491700000001', '491700000002']) {
    const contactId = await addContact(gateway, to)
    await recordExport(gateway.db, { tenantId, contactId, keyId: createId(), counts: {} })
  }
  await saveNumber(gateway.db, { tenantId, id: '106540352242999' }, { accessToken: 'token' }, encryptionKey)
  const lists = ['webhooks', 'quarantine', 'privacy-requests', 'contacts', 'messages', 'phone-numbers']
  for (const list of lists) {
    const first = await gateway.app.inject({ url: `/v1/${list}?limit=1`, headers })
    t.equal(first.statusCode, 200, list)
    const { next } = first.json()
    t.type(next, 'string', list)
    t.equal(first.headers.link, `<http://localhost/v1/${list}?limit=1&cursor=${next}>; rel="next"`)
    const last = await gateway.app.inject({ url: `/v1/${list}?limit=1&cursor=${next}`, headers })
    t.equal(last.statusCode, 200, list)
    t.notOk('next' in last.json(), list)
    t.equal(last.headers.link, undefined, list)
    t.equal((await get(gateway, `/v1/${list}?colour=blue`)).status, 400, list)
  }
})

t.test('a range of times takes in its beginning and not its end', async (t) => {
  const gateway = await openGateway(t)
  const times = ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z', '2026-01-01T12:00:00.000Z']
  const ids = times.map(idAt)
  await storeWebhooks(
    gateway.db,
    ids.map((id) => ({ id, tenantId, body: Buffer.from('{}') }))
  )
  t.strictSame(await idsOf(gateway, `from=${times[0]}&until=${times[2]}`), [ids[1], ids[0]])
  t.strictSame(await idsOf(gateway, `from=${times[1]}`), [ids[2], ids[1]])
})

t.test('a webhook’s body comes byte for byte, as base64 or as it is', async (t) => {
  const gateway = await openGateway(t)
  const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const id = createId()
  await storeWebhooks(gateway.db, [{ id, tenantId, body }])
  const { json } = await get(gateway, `/v1/webhooks/${id}`)
  t.equal(json().body, body.toString('base64'))
  const raw = await gateway.app.inject({
    url: `/v1/webhooks/${id}`,
    headers: { ...headers, accept: 'application/octet-stream' }
  })
  t.ok(raw.rawPayload.equals(body))
  t.match(raw.headers, { 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' })
})

t.test('quarantine shows what was put aside and why; a given-up webhook is there whole', async (t) => {
  const { gateway, db, quarantined, pending } = await openInbox(t)
  await giveUpWebhook(db, pending, 'after many attempts')
  const { json } = await get(gateway, '/v1/quarantine')
  t.match(json(), {
    quarantine: [
      { webhook_id: pending, reason: 'after many attempts', item: null },
      { webhook_id: quarantined, reason: 'why not', item: { poison: 1 }, created_at: /Z$/ }
    ]
  })
  t.strictSame(new Set(await idsOf(gateway, 'state=quarantined')), new Set([pending, quarantined]))
})

t.test('a replay makes webhooks wait once more: one, those of a quarantine entry, or a range', async (t) => {
  const { gateway, db, processed, quarantined, pending } = await openInbox(t)
  const post = (url: string, payload?: object) =>
    gateway.app.inject({ method: 'POST', url, headers, ...(payload && { payload }) })
  t.match(await post(`/v1/webhooks/${processed}/replay`), { statusCode: 202 })
  t.strictSame(await idsOf(gateway, 'state=pending'), [pending, processed])
  const entry = await db.selectFrom('quarantine').select('id').executeTakeFirstOrThrow()
  t.match(await post(`/v1/quarantine/${entry.id}/replay`), { statusCode: 202 })
  t.strictSame(await idsOf(gateway, 'state=pending'), [pending, quarantined, processed])
  await markProcessed(db, [{ id: quarantined, result: done }])
  t.strictSame((await get(gateway, '/v1/quarantine')).json().quarantine, [], 'it went through')

  const from = '2026-01-01T00:00:00Z'
  t.strictSame((await post('/v1/webhooks/replay', { from, until: from })).json(), { replayed: 0 })
  t.equal((await post('/v1/webhooks/replay', { from, state: 'processed' })).json().replayed, 1)
  t.equal((await post('/v1/webhooks/replay', { from })).json().replayed, 3)
})

t.test('what nobody has, and what makes no sense, is refused with words', async (t) => {
  const { gateway, db, processed } = await openInbox(t)
  const nobody = createId()
  const other = '00000000-0000-7000-8000-000000000002'
  const foreign = createId()
  await db.insertInto('tenants').values({ id: other, name: 'other' }).execute()
  await storeWebhooks(db, [{ id: foreign, tenantId: other, body: Buffer.from('{}') }])
  for (const id of [nobody, 'no-id', foreign]) {
    t.equal((await get(gateway, `/v1/webhooks/${id}`)).status, 404)
    for (const url of [`/v1/webhooks/${id}/replay`, `/v1/quarantine/${id}/replay`]) {
      t.equal((await gateway.app.inject({ method: 'POST', url, headers })).statusCode, 404)
    }
  }
  t.notOk((await idsOf(gateway, '')).includes(foreign))
  await db.updateTable('inbox').set({ erased_at: new Date() }).where('id', '=', processed).execute()
  const erased = await gateway.app.inject({ method: 'POST', url: `/v1/webhooks/${processed}/replay`, headers })
  t.equal(erased.statusCode, 409)
  for (const query of [
    'state=lost',
    'from=yesterday',
    'until=1',
    'cursor=!',
    'limit=0',
    'what=1',
    'result=pending',
    'from=2026-02-30T00:00:00Z',
    'until=2026-01-01'
  ]) {
    t.equal((await get(gateway, `/v1/webhooks?${query}`)).status, 400, query)
  }
  for (const payload of [{}, { from: 'now' }, { from: '2026-01-01' }, { from: '2026-01-01T00:00:00Z', more: 1 }]) {
    const answer = await gateway.app.inject({ method: 'POST', url: '/v1/webhooks/replay', headers, payload })
    t.equal(answer.statusCode, 400)
  }
})
