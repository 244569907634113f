import { createId, defaultTenantId } from '@wag/contracts'
import { type Profile, stepErasure, storeOpts, storeWebhooks, upsertContacts } from '@wag/db'
import { eventually, startTestPostgres } from '@wag/testkit'
import t from 'tap'
import { addContact, authorization, encryptionKey, type Gateway, openGateway, phoneNumberId, tenantId } from './open.ts'

const headers = { authorization }
const number = '4915112223334'

function call({ app }: Gateway, method: 'GET' | 'DELETE', url: string) {
  return app.inject({ method, url, headers })
}

t.test('a small contact is erased before the answer, which is the audit; again it is the same', async (t) => {
  // A server of its own: an erasure waits for transactions that were under way, and other tests have some.
  const gateway = await openGateway(t, { DATABASE_URL: (await startTestPostgres(t)).url })
  const id = await addContact(gateway, number)
  const answer = await call(gateway, 'DELETE', `/v1/contacts/${id}`)
  t.equal(answer.statusCode, 200)
  t.match(answer.json(), { kind: 'erasure', contact_id: id, state: 'done', counts: { messages: 1 }, finished_at: /Z$/ })
  t.equal(answer.headers.location, `/v1/privacy-requests/${answer.json().id}`)
  t.strictSame((await call(gateway, 'GET', answer.headers.location ?? '')).json(), answer.json())
  t.strictSame((await call(gateway, 'DELETE', `/v1/contacts/${id}`)).json(), answer.json())
  t.notMatch((await call(gateway, 'GET', '/contacts/')).body, number)
  t.equal((await call(gateway, 'GET', `/messages/${id}/`)).statusCode, 404)
  const list = await gateway.app.inject({ url: '/v1/messages', headers })
  t.equal(list.statusCode, 200, 'what is left of the message can still be listed')
  t.notMatch(list.body, number)
})

t.test('an erasure that has to wait is 202, and goes on where it stood', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, number)
  const webhook = { id: createId(), tenantId: defaultTenantId, body: Buffer.from(`{"from":"${number}"}`) }
  await storeWebhooks(gateway.db, [webhook])
  const answer = await call(gateway, 'DELETE', `/v1/contacts/${id}`)
  t.equal(answer.statusCode, 202)
  t.match(answer.json(), { state: 'running', finished_at: null })
  await gateway.db.updateTable('inbox').set({ processed_at: new Date() }).execute()
  // Transactions of other tests on the same server are waited for.
  await eventually(async () => (await stepErasure(gateway.db, answer.json().id, encryptionKey)).state === 'done', {
    timeoutMs: 30_000,
    intervalMs: 10
  })
  t.match((await call(gateway, 'GET', answer.headers.location ?? '')).json(), {
    state: 'done',
    counts: { webhooks: 1 }
  })
})

t.test('an export holds what was said, is noted first, and is for nobody to keep on the way', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, number)
  await addContact(gateway, '4915199999999')
  const answer = await call(gateway, 'GET', `/v1/contacts/${id}/export`)
  t.match(answer.json(), {
    contact: { id, wa_id: number },
    messages: [{ type: 'text', status: 'queued', number: phoneNumberId, content: { text: { body: 'first' } } }]
  })
  t.notMatch(answer.body, '4915199999999')
  t.match(answer.headers, { 'cache-control': 'no-store', 'content-disposition': /attachment/ })
  const { requests } = (await call(gateway, 'GET', '/v1/privacy-requests')).json()
  t.match(requests, [{ kind: 'export', contact_id: id, state: 'done' }])
})

t.test('an export names things as the lists do, and follows a contact that was merged into another', async (t) => {
  const gateway = await openGateway(t)
  const at = new Date('2026-01-02T03:04:05.000Z')
  const see = async (profile: Omit<Profile, 'at'>) => {
    const { ids } = await gateway.db.transaction().execute((trx) => upsertContacts(trx, tenantId, [{ ...profile, at }]))
    return ids[0] ?? 0
  }
  const id = await see({ waId: number, name: 'Ann' })
  const merged = await see({ userId: 'DE.1' })
  await see({ waId: number, userId: 'DE.1' })
  await storeOpts(gateway.db, tenantId, [{ contactId: id, isOut: true, at }])
  const shown = (await call(gateway, 'GET', `/v1/contacts/${id}`)).json()
  for (const one of [id, merged]) {
    const { contact } = (await call(gateway, 'GET', `/v1/contacts/${one}/export`)).json()
    const { windows: _windows, merged_ids: _mergedIds, ...same } = shown
    t.match(contact, { ...same, opt_out: true, opt_at: at.toISOString() })
  }
  const { requests } = (await call(gateway, 'GET', '/v1/privacy-requests')).json()
  t.match(requests, [{ contact_id: id }, { contact_id: id }])
})

t.test('who is not there is 404, and a key that may only read or send may neither erase nor export', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, number)
  const other = await gateway.db
    .insertInto('tenants')
    .values({ id: '00000000-0000-7000-8000-000000000002', name: 'other' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const foreign = await gateway.db
    .insertInto('contacts')
    .values({ tenant_id: other.id, wa_id: number })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const contact of [foreign.id, 999_999, 'x']) {
    t.equal((await call(gateway, 'DELETE', `/v1/contacts/${contact}`)).statusCode, 404)
    t.equal((await call(gateway, 'GET', `/v1/contacts/${contact}/export`)).statusCode, 404)
  }
  t.equal((await call(gateway, 'GET', `/v1/privacy-requests/${createId()}`)).statusCode, 404)
  await gateway.db
    .updateTable('api_keys')
    .set({ scopes: ['read', 'send'] })
    .execute()
  const limited = await openGateway(t, { ...gateway.config })
  await limited.db
    .updateTable('api_keys')
    .set({ scopes: ['read', 'send'] })
    .execute()
  for (const [method, url] of [
    ['DELETE', `/v1/contacts/${id}`],
    ['GET', `/v1/contacts/${id}/export`],
    ['GET', '/v1/privacy-requests']
  ] as const) {
    t.equal((await call(limited, method, url)).statusCode, 403, `${method} ${url}`)
  }
})
