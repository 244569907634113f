import { createId } from '@wag/contracts'
import t from 'tap'
import {
  acceptMessages,
  countWaiting,
  ensureTenant,
  findSendingNumber,
  hashToken,
  hashTokens,
  listNumbers,
  loadAccessToken,
  saveDefaultNumber,
  saveNumber
} from '../src/index.ts'
import { newMessage, openLedger, requestOf, tenantId } from './ledger.ts'

const key = 'ab'.repeat(32)
const number = (id: string) => ({ tenantId, id })

t.test('a number is made, and changed field by field', async (t) => {
  const { db } = await openLedger(t)
  const all = { accessToken: 'a token', wabaId: 'A', rate: 20 }
  t.match(await saveNumber(db, number('1'), all, key), { isNew: true, ends: [] })
  const kept = { id: '1', tenantId, isDefault: false, wabaId: 'A', rate: 20 }
  t.strictSame(await listNumbers(db, tenantId, { id: '1' }), [kept])
  t.match(await saveNumber(db, number('1'), {}, key), { isNew: false })
  t.strictSame(await listNumbers(db, tenantId, { id: '1' }), [kept])
  await saveNumber(db, number('1'), { rate: null }, key)
  t.match(await listNumbers(db, tenantId, { id: '1' }), [{ rate: null, wabaId: 'A' }])
  await saveNumber(db, number('1'), { wabaId: 'B', isDefault: true }, key)
  t.match(await listNumbers(db, tenantId, { id: '1' }), [{ wabaId: 'B', isDefault: true }])
  t.equal(await loadAccessToken(db, number('1'), key), 'a token')
})

t.test('two that are made the default at the same time come through, and one of them is', async (t) => {
  const { db } = await openLedger(t)
  for (let round = 0; round < 10; round++) {
    const ids = [`${round}1`, `${round}2`, `${round}3`]
    await Promise.all(ids.map((id) => saveNumber(db, number(id), { accessToken: id, isDefault: true }, key)))
    const defaults = await db.selectFrom('phone_numbers').select('id').where('is_default', '=', true).execute()
    t.equal(defaults.length, 1)
    t.ok(ids.includes(defaults[0]?.id ?? ''))
  }
})

t.test('a tenant has one default, and its numbers in pages', async (t) => {
  const { db } = await openLedger(t)
  for (const id of ['1', '2', '3']) await saveDefaultNumber(db, number(id), 'a token', key)
  t.equal(await findSendingNumber(db, tenantId), '3')
  const page = await listNumbers(db, tenantId, { after: '1', limit: 1 })
  t.strictSame(
    page.map(({ id, isDefault }) => [id, isDefault]),
    [['2', false]]
  )
})

t.test("a number of another tenant's is neither shown nor changed", async (t) => {
  const { db } = await openLedger(t)
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  await saveNumber(db, number('1'), { accessToken: 'mine', rate: 10 }, key)
  t.equal(await saveNumber(db, { tenantId: other, id: '1' }, { accessToken: 'theirs', rate: 99 }, key), undefined)
  t.strictSame(await listNumbers(db, other, { id: '1' }), [])
  t.match(await listNumbers(db, tenantId, { id: '1' }), [{ rate: 10 }])
  await saveDefaultNumber(db, { tenantId: other, id: '2' }, 'theirs', key)
  t.equal(await saveNumber(db, { tenantId: other, id: '1' }, { isDefault: true }, key), undefined)
  t.match(
    await listNumbers(db, other, { id: '2' }),
    [{ isDefault: true }],
    'who asks for it keeps the default there was'
  )
  t.equal(await loadAccessToken(db, number('1'), key), 'mine')
})

t.test('tokens kept before there were hashes get theirs; those of another key are left', async (t) => {
  const { db } = await openLedger(t)
  await saveNumber(db, number('1'), { accessToken: 'one' }, key)
  await saveNumber(db, number('2'), { accessToken: 'two' }, 'cd'.repeat(32))
  await saveNumber(db, number('3'), {}, key)
  await db.updateTable('phone_numbers').set({ token_hash: null }).execute()
  t.equal(await hashTokens(db, key), 1)
  t.equal(await hashTokens(db, key), 0)
  const rows = await db.selectFrom('phone_numbers').select(['id', 'token_hash']).orderBy('id').execute()
  t.strictSame(rows, [
    { id: '1', token_hash: hashToken('one') },
    { id: '2', token_hash: null },
    { id: '3', token_hash: null }
  ])
})

t.test('what waits is counted by number and priority, and no further than asked', async (t) => {
  const { db } = await openLedger(t)
  const messages = ['1', '1', '1', '1', '1', '2', '2'].map((phoneNumberId) => newMessage({ phoneNumberId }))
  await acceptMessages(db, [requestOf(...messages)])
  const set = (index: number, change: object) =>
    db
      .updateTable('messages')
      .set({ ...change, updated_at: new Date() })
      .where('id', '=', messages[index]?.id ?? '')
      .execute()
  const early = new Date('2026-01-01T00:00:00Z')
  await set(0, { priority: 0, due_at: early })
  await set(1, { priority: 2 })
  await set(2, { priority: 2 })
  for (const index of [3, 4, 5]) await set(index, { state: 'unknown', claim: createId() })
  const found = await countWaiting(db, ['1', '2', '3'], 100)
  t.strictSame(found.get('1'), { otp: 1, normal: 0, bulk: 2, unknown: 2, oldestDueAt: early })
  t.match(found.get('2'), { otp: 0, normal: 1, bulk: 0, unknown: 1 })
  t.strictSame(found.get('3'), { otp: 0, normal: 0, bulk: 0, unknown: 0, oldestDueAt: null })
  const few = await countWaiting(db, ['1', '2'], 1)
  t.match(few.get('1'), { otp: 1, bulk: 1, unknown: 1 })
  t.match(few.get('2'), { normal: 1, unknown: 1 }, 'what another number has a lot of hides nothing')
})
