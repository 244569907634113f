import { createId } from '@wag/contracts'
import { findContact, storeReceived, upsertContacts } from '@wag/db'
import t from 'tap'
import {
  acceptText,
  addContact,
  authorization,
  endSend,
  type Gateway,
  openGateway,
  phoneNumberId,
  tenantId
} from './open.ts'

const to = '491700000001'
const headers = { authorization }

/** Stores a message of the contact's, written so many seconds ago. */
async function receive({ db }: Gateway, contactId: number, secondsAgo: number, body = 'in'): Promise<string> {
  const wamid = `wamid.${createId()}`
  const at = new Date(Math.floor(Date.now() / 1000) * 1000 - secondsAgo * 1000)
  const content = { type: 'text', text: { body } }
  await storeReceived(db, [{ id: createId(), tenantId, phoneNumberId, contactId, wamid, type: 'text', content, at }])
  return wamid
}

/** Follows `Link` headers from a first page to the end. */
async function follow({ app }: Gateway, first: string, onPage: (rows: Row[]) => Promise<void> | void): Promise<Row[]> {
  const all: Row[] = []
  const inject = (url: string) => app.inject({ url, headers })
  for (let url: string | undefined = first; url !== undefined; ) {
    const answer: Awaited<ReturnType<typeof inject>> = await inject(url)
    if (answer.statusCode !== 200) throw new Error(answer.body)
    all.push(...answer.json())
    await onPage(answer.json())
    const { link } = answer.headers
    url = typeof link === 'string' ? /^<([^>]+)>; rel="next"$/.exec(link)?.[1] : undefined
  }
  return all
}
type Row = { id: number; message_id: string }

t.test(
  'messages of both directions are listed oldest first, in the documented shape, with or without a slash',
  async (t) => {
    const gateway = await openGateway(t)
    const id = await addContact(gateway, to)
    await endSend(gateway, { kind: 'sent', wamid: 'wamid.out' })
    const older = await receive(gateway, id, 60, 'Hi')
    for (const slash of ['/', '']) {
      const answer = await gateway.app.inject({ url: `/messages/${id}${slash}`, headers })
      t.equal(answer.statusCode, 200)
      t.equal(answer.headers.link, undefined, 'one page')
      const [first, second] = answer.json()
      t.strictSame(Object.keys(first), ['message_id', 'contact', 'message_type', 'body', 'link', 'status', 'timestamp'])
      t.match(first, { message_id: older, contact: to, message_type: 'text', body: 'Hi', link: '', status: 'received' })
      t.match(second, { message_id: 'wamid.out', contact: to, body: 'first', status: 'sent' })
      t.match(first.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
  }
)

t.test('a message that has no wamid yet is listed under our own id, as queued', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  const rows = await gateway.db.selectFrom('messages').select('id').execute()
  const answer = await gateway.app.inject({ url: `/messages/${id}/`, headers })
  t.match(answer.json(), [{ message_id: rows[0]?.id, status: 'queued' }])
})

t.test('contacts are listed with their id, number and newest name', async (t) => {
  const gateway = await openGateway(t)
  const at = new Date()
  await upsertContacts(gateway.db, tenantId, [
    { waId: to, name: 'Ann <b>é', at },
    { waId: '2', at },
    { userId: 'DE.x', at }
  ])
  for (const url of ['/contacts/', '/contacts']) {
    const answer = await gateway.app.inject({ url, headers })
    t.equal(answer.statusCode, 200)
    const rows = answer.json()
    t.equal(rows.length, 3)
    t.strictSame(Object.keys(rows[0]), ['id', 'wa_id', 'profile_name'])
    t.ok(rows.some((row: object) => JSON.stringify(row).includes('Ann <b>é')))
    t.ok(
      rows.some((row: { wa_id: string }) => row.wa_id === 'DE.x'),
      'a contact without a number shows its user id'
    )
    for (const row of rows) t.ok(await findContact(gateway.db, tenantId, row.id))
  }
})

t.test('pages hold every message once while new ones arrive, also where many have the same time', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  const wamids = new Set<string>()
  for (let index = 0; index < 24; index++) wamids.add(await receive(gateway, id, 30 - Math.floor(index / 8)))
  let arrived = 0
  const rows = await follow(gateway, `/messages/${id}/?limit=5`, async (page) => {
    t.ok(page.length <= 5)
    if (++arrived <= 3) await acceptText(gateway.db, to, createId())
  })
  const ids = rows.map((row) => row.message_id)
  t.equal(new Set(ids).size, ids.length, 'none twice')
  t.strictSame(ids.filter((wamid) => wamids.has(wamid)).length, 24, 'none missing')
  t.equal(ids.length, 24 + 1 + 3, 'those that arrived meanwhile are on the last pages')
})

t.test('pages of contacts hold every contact once while new ones arrive', async (t) => {
  const gateway = await openGateway(t)
  const numbers = Array.from({ length: 23 }, (_, index) => `4917${1000 + index}`)
  await upsertContacts(
    gateway.db,
    tenantId,
    numbers.map((waId) => ({ waId, at: new Date() }))
  )
  let arrived = 0
  const rows = await follow(gateway, '/contacts/?limit=4', async () => {
    if (++arrived <= 2) await addContact(gateway, `4918${arrived}`)
  })
  t.strictSame(
    rows.map(({ id }) => id),
    Array.from({ length: 25 }, (_, index) => index + 1)
  )
})

t.test('a page is 1,000 entries when nothing is asked for, and never more', async (t) => {
  const gateway = await openGateway(t)
  await upsertContacts(
    gateway.db,
    tenantId,
    Array.from({ length: 1_001 }, (_, index) => ({ waId: `49${10_000 + index}`, at: new Date() }))
  )
  for (const [query, length] of [
    ['', 1_000],
    ['?limit=1000000', 1_000],
    ['?limit=1', 1]
  ] as const) {
    const answer = await gateway.app.inject({ url: `/contacts/${query}`, headers })
    t.equal(answer.json().length, length)
    t.match(answer.headers.link, /rel="next"/)
  }
})

t.test('the next page is named as the caller reaches us', async (t) => {
  const gateway = await openGateway(t)
  await upsertContacts(
    gateway.db,
    tenantId,
    [1, 2].map((n) => ({ waId: String(n), at: new Date() }))
  )
  const asked = await gateway.app.inject({
    url: '/contacts/?limit=1',
    headers: { ...headers, host: 'wag.example:8443' }
  })
  t.match(asked.headers.link, /^<http:\/\/wag\.example:8443\/contacts\/\?limit=1&cursor=/)
  const told = await openGateway(t, { ...gateway.config, PUBLIC_URL: 'https://api.example' })
  const answer = await told.app.inject({ url: '/contacts/?limit=1', headers: { ...headers, host: 'evil.example' } })
  t.match(answer.headers.link, /^<https:\/\/api\.example\/contacts\/\?limit=1&cursor=/)
})

t.test('what is no limit or no cursor is 400, an unknown contact 404', async (t) => {
  const gateway = await openGateway(t)
  const id = await addContact(gateway, to)
  const cursors = [
    '',
    'x',
    '%00',
    Buffer.from('1.2').toString('base64url'),
    Buffer.from("1' or 1=1").toString('base64url')
  ]
  const bad = [
    ...['0', '-1', '1.5', 'x', '', '1e3'].map((limit) => `limit=${limit}`),
    ...cursors.map((cursor) => `cursor=${cursor}`),
    'limit=1&limit=2',
    `cursor=${'x'.repeat(300)}`
  ]
  for (const query of bad) {
    for (const url of [`/messages/${id}/?${query}`, `/contacts/?${query}`]) {
      const answer = await gateway.app.inject({ url, headers })
      t.equal(answer.statusCode, 400, url)
      t.match(answer.json(), { status: 'error', message: /limit|cursor/ })
    }
  }
  for (const contact of ['0', '999', 'x', '-1', '9'.repeat(30)]) {
    const answer = await gateway.app.inject({ url: `/messages/${contact}/`, headers })
    t.equal(answer.statusCode, 404, contact)
    t.strictSame(answer.json(), { status: 'error', message: 'Contact not found' })
  }
})
