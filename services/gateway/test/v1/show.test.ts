import { createId, type MessageState } from '@wag/contracts'
import { claimMessages, recordOutcomes, storeReceived, storeStatuses } from '@wag/db'
import t from 'tap'
import { openGateway, phoneNumberId, tenantId } from '../open.ts'
import { call, post, postAndEnd, rowOf } from './api.ts'

type Entry = { state: MessageState; at: string; attempt?: number; error?: { code?: number } }

function statesOf(timeline: Entry[]): MessageState[] {
  return timeline.map(({ state }) => state)
}

t.test('a timeline tells every state, with its time, its attempt and Meta’s error explained', async (t) => {
  const gateway = await openGateway(t)
  const { db } = gateway
  const { body } = await post(gateway)
  const busy = { code: 130429, message: 'Rate limit hit' }
  const attempt = { tenant_id: tenantId, message_id: body.id, attempt: 1, outcome: 'throttled' }
  await db
    .insertInto('attempts')
    .values({ ...attempt, error: JSON.stringify(busy) })
    .execute()
  await db.updateTable('messages').set({ attempts: 1 }).execute()
  const claim = createId()
  await claimMessages(db, [{ phoneNumberId, claim, want: 1 }], { ttlMs: 60_000, horizonMs: 0 })
  t.strictSame(statesOf((await call(gateway, `/${body.id}`)).body.timeline), ['queued', 'queued', 'sending'])
  await recordOutcomes(db, [{ messageId: body.id, claim, kind: 'sent', wamid: 'wamid.x' }])
  const second = (seconds: number): Date => new Date(Math.floor(Date.now() / 1000 + seconds) * 1000)
  const status = (word: string, at: Date) => ({ wamid: 'wamid.x', status: word, participant: '', at, content: {} })
  const refusal = { code: 131049, message: 'Not delivered', details: 'ecosystem' }
  await db
    .transaction()
    .execute((trx) =>
      storeStatuses(trx, tenantId, [
        { ...status('read', second(0)), messageId: body.id },
        status('sent', second(0)),
        status('delivered', second(0))
      ])
    )
  const shown = await call(gateway, `/${body.id}`)
  t.match(shown.body, { status: 'read', wamid: 'wamid.x', sent_at: /Z$/ })
  const { timeline } = shown.body
  t.strictSame(statesOf(timeline), ['queued', 'queued', 'sent', 'delivered', 'read'])
  t.match(timeline[1], { attempt: 1, error: { ...busy, title: /./, advice: /./ } })
  t.match(timeline[2], { attempt: 2, at: shown.body.sent_at })
  t.match(timeline[4], { at: second(0).toISOString() })
  const failed = await postAndEnd(gateway, { kind: 'failed', code: refusal.code })
  const answer = await call(gateway, `/${failed}`)
  t.match(answer.body, { status: 'failed', error: { code: 131049, message: 'Meta said no', advice: /./ } })
  t.strictSame(statesOf(answer.body.timeline), ['queued', 'failed'])
  t.match(answer.body.timeline.at(-1).error, { code: 131049, advice: /./ })
})

t.test('the states that no row tells of are told all the same', async (t) => {
  const gateway = await openGateway(t)
  for (const state of ['expired', 'cancelled', 'unknown'] as const) {
    const { body } = await post(gateway)
    const end = { state, due_at: null, updated_at: new Date() }
    await gateway.db.updateTable('messages').set(end).where('id', '=', body.id).execute()
    t.strictSame(statesOf((await call(gateway, `/${body.id}`)).body.timeline), ['queued', state])
  }
})

t.test('a message that came in is found by its id', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  const { contact_id: contactId } = await rowOf(gateway, body.id)
  const content = { from: '491700000001', id: 'wamid.in', type: 'text', text: { body: 'Hi' } }
  const received = { id: createId(), tenantId, phoneNumberId, contactId, wamid: 'wamid.in', type: 'text' }
  await storeReceived(gateway.db, [{ ...received, content, at: new Date() }])
  const answer = await call(gateway, `/${received.id}`)
  t.match(answer.body, { id: received.id, direction: 'in', status: 'received', from: '+491700000001', content })
  t.strictSame(statesOf(answer.body.timeline), ['received'])
  for (const field of ['priority', 'on_unknown', 'expires_at', 'recipient']) t.notOk(field in answer.body)
})

t.test('a message shows what Meta says it costs, and what the customer did to it', async (t) => {
  const gateway = await openGateway(t)
  const { db } = gateway
  const { body } = await post(gateway)
  const { contact_id: contactId } = await rowOf(gateway, body.id)
  const pricing = (category: string) => ({ pricing: { category, pricing_model: 'PMP' }, conversation: { id: 'c' } })
  const status = { wamid: 'wamid.x', participant: '', messageId: body.id }
  await db.transaction().execute((trx) =>
    storeStatuses(trx, tenantId, [
      { ...status, status: 'read', content: {} },
      { ...status, status: 'delivered', content: pricing('utility') },
      { ...status, status: 'sent', content: pricing('service') }
    ])
  )
  const amend = (type: string, seconds: number, part: object) => {
    const wamid = `wamid.${type}.${seconds}`
    const at = new Date(1_750_000_000_000 + seconds * 1000)
    const row = { id: createId(), tenantId, phoneNumberId, contactId, wamid, type, content: { [type]: part }, at }
    return { ...row, targetWamid: 'wamid.x' }
  }
  await storeReceived(db, [
    amend('reaction', 2, { emoji: '🎉' }),
    amend('reaction', 1, { emoji: '👍' }),
    amend('edit', 3, { message: { type: 'text', text: { body: 'new' } } }),
    amend('revoke', 4, {})
  ])
  t.match((await call(gateway, `/${body.id}`)).body, {
    ...pricing('utility'),
    reactions: [{ contact: contactId, emoji: '🎉' }],
    edited: { content: { text: { body: 'new' } }, at: '2025-06-15T15:06:43.000Z' },
    revoked_at: '2025-06-15T15:06:44.000Z'
  })
  await storeReceived(db, [amend('reaction', 5, {})])
  t.notOk('reactions' in (await call(gateway, `/${body.id}`)).body, 'the reaction was taken back')
})

t.test('a message to a group shows its cost, which Meta tells with its members', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  const conversation = { id: 'c', pricing: { category: 'group_service' } }
  const status = { wamid: 'wamid.g', messageId: body.id, status: 'delivered' }
  await gateway.db.transaction().execute((trx) =>
    storeStatuses(trx, tenantId, [
      { ...status, participant: '491', content: { conversation } },
      { ...status, participant: '492', content: {} }
    ])
  )
  t.match((await call(gateway, `/${body.id}`)).body, { conversation, pricing: conversation.pricing })
})

t.test('a queued message that is tried later says when and why, one that is due does not', async (t) => {
  const gateway = await openGateway(t)
  const { body } = await post(gateway)
  const shown = async () => (await call(gateway, `/${body.id}`)).body
  t.notOk('next_attempt_at' in (await shown()))
  const due_at = new Date(Date.now() + 60_000)
  const change = (values: object) => gateway.db.updateTable('messages').set(values).execute()
  const next_attempt_at = due_at.toISOString()
  await change({ due_at, pair_reserved: true })
  t.match(await shown(), { status: 'queued', next_attempt_at, waiting_for: 'recipient_pace' })
  t.match((await call(gateway, '?state=queued')).body.messages, [{ next_attempt_at, waiting_for: 'recipient_pace' }])
  await change({ attempts: 1, error: JSON.stringify({ message: 'Rate limit hit' }) })
  t.match(await shown(), { next_attempt_at, waiting_for: 'retry' })
  await change({ attempts: 0, error: null, pair_reserved: false, type: 'template' })
  t.match(await shown(), { next_attempt_at, waiting_for: 'template_pause' })
})
