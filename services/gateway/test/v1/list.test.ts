import { createId, type MessageState } from '@wag/contracts'
import { storeReceived } from '@wag/db'
import t from 'tap'
import { type Gateway, openGateway, phoneNumberId, tenantId } from '../open.ts'
import { addStranger, call, post, postAndEnd, rowOf } from './api.ts'

type Page = { messages: { id: string; status: string; created_at: string }[]; next?: string }

/** Follows `Link` headers from a first page to the end. */
async function follow(gateway: Gateway, query: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = []
  let pages = 0
  for (let path: string | undefined = `?${query}`; path !== undefined; pages++) {
    const answer: Awaited<ReturnType<typeof call>> = await call(gateway, path)
    if (answer.status !== 200) throw new Error(answer.text)
    const page: Page = answer.body
    ids.push(...page.messages.map(({ id }) => id))
    const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1]
    if ((link === undefined) !== (page.next === undefined)) throw new Error('Link and next differ')
    path = link?.slice(link.indexOf('?'))
  }
  return { ids, pages }
}

/** Writes messages in a state, one a second, newest last; returns their ids in that order. */
async function write({ db }: Gateway, contact: number, state: MessageState, count: number): Promise<string[]> {
  const beginning = Date.parse('2026-01-01T00:00:00Z')
  const rows = Array.from({ length: count }, (_, index) => ({
    tenant_id: tenantId,
    id: createId(),
    direction: 'out' as const,
    phone_number_id: phoneNumberId,
    contact_id: contact,
    recipient: '1',
    state,
    type: 'text',
    content: '{}',
    at: new Date(beginning + index * 1_000),
    error: state === 'failed' ? JSON.stringify({ code: 131000 + (index % 2), message: 'x' }) : null
  }))
  for (let index = 0; index < count; index += 5_000)
    await db
      .insertInto('messages')
      .values(rows.slice(index, index + 5_000))
      .execute()
  return rows.map(({ id }) => id)
}

t.test('messages of both directions are listed newest first, in pages, each once', async (t) => {
  const gateway = await openGateway(t)
  const ids: string[] = []
  for (let index = 0; index < 7; index++) ids.unshift((await post(gateway)).body.id)
  const { contact_id: contactId } = await rowOf(gateway, ids[0] ?? '')
  const received = { id: createId(), tenantId, phoneNumberId, contactId, wamid: 'wamid.in', type: 'text' }
  const at = new Date(Date.now() + 1_000)
  await storeReceived(gateway.db, [{ ...received, content: { text: { body: 'Hi' } }, at }])
  const all = await follow(gateway, 'limit=3')
  t.strictSame(all, { ids: [received.id, ...ids], pages: 3 })
  const { body } = await call(gateway, '?direction=in')
  t.match(body.messages, [
    { id: received.id, direction: 'in', status: 'received', wamid: 'wamid.in', to: phoneNumberId }
  ])
  t.match(body.messages, [{ from: '+491700000001', contact: contactId, content: { text: { body: 'Hi' } } }])
})

t.test('who a contact was merged into is found by the old id too', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  const { contact_id: contact } = await rowOf(gateway, body.id)
  const merged = await gateway.db
    .insertInto('contacts')
    .values({
      tenant_id: tenantId,
      wa_id: null,
      user_id: null,
      group_id: null,
      profile_at: null,
      merged_into: contact
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const found = await call(gateway, `?contact=${merged.id}`)
  t.match(found, { status: 200, body: { messages: [{ id: body.id, contact }] } })
})

t.test('filters choose, alone and together', async (t) => {
  const gateway = await openGateway(t)
  const scheduled = await post(gateway, { send_at: new Date(Date.now() + 60_000).toISOString() })
  const failed = await postAndEnd(gateway, { kind: 'failed', code: 131026 })
  const unknown = await postAndEnd(gateway, { kind: 'unknown', code: 131000 })
  const other = await post(gateway, { to: '+491700000002' })
  const { contact_id: contact } = await rowOf(gateway, failed)
  const { contact_id: otherContact } = await rowOf(gateway, other.body.id)
  const cases: [query: string, ids: string[]][] = [
    [`contact=${otherContact}`, [other.body.id]],
    [`contact=${contact}`, [unknown, failed, scheduled.body.id]],
    ['contact=999', []],
    ['state=failed', [failed]],
    ['state=failed,unknown', [unknown, failed]],
    ['state=failed&state=unknown', [unknown, failed]],
    ['state=scheduled', [scheduled.body.id]],
    ['state=queued', [other.body.id]],
    ['state=queued,failed', [other.body.id, failed]],
    ['state=sending', []],
    ['state=cancelled', []],
    ['error_code=131026', [failed]],
    ['error_code=1', []],
    [`number=${phoneNumberId}&state=unknown`, [unknown]],
    ['number=1', []],
    ['direction=in', []],
    [`from=${scheduled.body.created_at}`, [other.body.id, unknown, failed, scheduled.body.id]],
    [`until=${scheduled.body.created_at}`, []],
    ['from=2020-01-01T00:00:00%2B01:00&until=2021-01-01T00:00:00Z', []]
  ]
  for (const [query, ids] of cases) {
    const { status, body } = await call(gateway, `?${query}`)
    t.equal(status, 200, query)
    t.strictSame(
      body.messages.map(({ id }: { id: string }) => id),
      ids,
      query
    )
  }
})

t.test('another tenant’s messages and contacts are not found', async (t) => {
  const gateway = await openGateway(t)
  const stranger = await addStranger(gateway.db)
  const { body } = await post(gateway)
  const { db } = gateway
  t.equal((await call(gateway, '')).body.messages.length, 1)
  await db.deleteFrom('messages').execute()
  const contact = { tenant_id: stranger.tenantId, wa_id: '1', user_id: null, group_id: null, profile_at: null }
  const { id } = await db.insertInto('contacts').values(contact).returning('id').executeTakeFirstOrThrow()
  const theirs = { tenant_id: stranger.tenantId, id: body.id, contact_id: id, phone_number_id: phoneNumberId }
  const message = { direction: 'out' as const, state: 'queued' as const, type: 'text', content: '{}', at: new Date() }
  await db
    .insertInto('messages')
    .values({ ...theirs, ...message })
    .execute()
  for (const query of ['', `?contact=${id}`, `?number=${phoneNumberId}`, '?state=queued'])
    t.strictSame((await call(gateway, query)).body.messages, [], query)
})

t.test('what is no filter is 400 and says which', async (t) => {
  const gateway = await openGateway(t)
  const cases: [query: string, pointer: string][] = [
    ['state=nonsense', '/state'],
    ['state=', '/state'],
    ['contact=x', '/contact'],
    ['error_code=-1', '/error_code'],
    ['from=yesterday', '/from'],
    ['until=2026-01-01', '/until'],
    ['until=2026-02-30T00:00:00Z', '/until'],
    ['limit=0', '/limit'],
    ['limit=x', '/limit'],
    ['cursor=x', '/cursor'],
    ['direction=up', '/direction'],
    ['contact_id=1', '/contact_id']
  ]
  for (const [query, pointer] of cases) {
    const { status, body } = await call(gateway, `?${query}`)
    t.equal(status, 400, query)
    t.match(body, { code: 'bad_request', errors: [{ pointer, detail: /./ }] })
  }
})

t.test('what is rare is found among many, in pages that hold every one once', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  const { contact_id: contact } = await rowOf(gateway, body.id)
  const rare = await write(gateway, contact, 'cancelled', 5)
  await write(gateway, contact, 'delivered', 30_000)
  const failed = await write(gateway, contact, 'failed', 7)
  t.strictSame((await follow(gateway, 'state=cancelled&limit=2')).ids, rare.toReversed())
  t.strictSame((await follow(gateway, 'state=failed&limit=3')).ids, failed.toReversed())
  t.strictSame(
    (await follow(gateway, 'error_code=131001')).ids,
    failed.filter((_, index) => index % 2 === 1).toReversed()
  )
})
