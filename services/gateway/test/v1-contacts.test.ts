import { createId } from '@wag/contracts'
import { ensureTenant, openWindows, type Profile, storeOpts, upsertContacts } from '@wag/db'
import t from 'tap'
import { authorization, type Gateway, openGateway, phoneNumberId, tenantId } from './open.ts'

const headers = { authorization }
const at = new Date('2026-01-02T03:04:05.000Z')

async function see({ db }: Gateway, profile: Profile, tenant = tenantId): Promise<number> {
  const { ids } = await db.transaction().execute((trx) => upsertContacts(trx, tenant, [profile]))
  return ids[0] ?? 0
}

t.test('a contact is shown with everything Meta told of it, under its own id and those merged into it', async (t) => {
  const gateway = await openGateway(t)
  const { app, db } = gateway
  const id = await see(gateway, { waId: '491700000001', name: 'Ann', at })
  const merged = await see(gateway, { userId: 'DE.1', parentUserId: 'DE.ENT.1', username: '@ann', at })
  await see(gateway, { waId: '491700000001', userId: 'DE.1', at })
  await openWindows(db, tenantId, [{ contactId: id, phoneNumberId, at }])
  await storeOpts(db, tenantId, [{ contactId: id, isOut: true, at }])
  const expected = {
    id,
    wa_id: '491700000001',
    user_id: 'DE.1',
    parent_user_id: 'DE.ENT.1',
    name: 'Ann',
    username: '@ann',
    opt_out: true,
    opt_at: at.toISOString(),
    windows: [{ number: phoneNumberId, open_until: '2026-01-03T03:04:05.000Z' }],
    merged_ids: [merged]
  }
  for (const one of [id, merged]) {
    t.strictSame((await app.inject({ url: `/v1/contacts/${one}`, headers })).json(), expected)
  }
  t.strictSame((await app.inject({ url: '/v1/contacts', headers })).json(), { contacts: [expected] })
})

t.test('a contact with a user id alone is shown with what there is', async (t) => {
  const gateway = await openGateway(t)
  const id = await see(gateway, { userId: 'DE.1', at })
  t.strictSame((await gateway.app.inject({ url: `/v1/contacts/${id}`, headers })).json(), {
    id,
    wa_id: null,
    user_id: 'DE.1',
    parent_user_id: null,
    name: '',
    username: null,
    opt_out: false,
    windows: [],
    merged_ids: []
  })
})

t.test('contacts come page by page, each once, and merged ones not at all', async (t) => {
  const gateway = await openGateway(t)
  const profiles = Array.from({ length: 25 }, (_, index): Profile => ({ waId: `4917000000${index + 10}`, at }))
  await upsertContacts(gateway.db, tenantId, profiles)
  await see(gateway, { userId: 'DE.1', at })
  await see(gateway, { userId: 'DE.1', waId: '491700000010', at })
  const seen: number[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const url: string = `/v1/contacts?limit=10${cursor && `&cursor=${cursor}`}`
    const page = (await gateway.app.inject({ url, headers })).json<{ contacts: { id: number }[]; next?: string }>()
    seen.push(...page.contacts.map(({ id }) => id))
    cursor = page.next
  }
  t.equal(seen.length, 25)
  t.equal(new Set(seen).size, 25)
})

t.test('another tenant’s contact, and what is none, is not found; a bad cursor is told of', async (t) => {
  const gateway = await openGateway(t)
  const stranger = createId()
  await ensureTenant(gateway.db, { id: stranger, name: 'stranger' })
  const theirs = await see(gateway, { waId: '491700000001', at }, stranger)
  for (const id of [theirs, 0, 'x', '9'.repeat(40)]) {
    const answer = await gateway.app.inject({ url: `/v1/contacts/${id}`, headers })
    t.equal(answer.statusCode, 404)
    t.match(answer.json(), { code: 'contact_not_found' })
  }
  const answer = await gateway.app.inject({ url: '/v1/contacts?cursor=%20', headers })
  t.equal(answer.statusCode, 400)
  t.equal((await gateway.app.inject({ url: '/v1/contacts' })).statusCode, 401)
})
