import { randomBytes } from 'node:crypto'
import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { open, seal } from '../src/envelope.ts'
import { ensureTenant, findNumberTenants, findSendingNumber, loadAccessToken, saveDefaultNumber } from '../src/index.ts'
import { openLedger, phoneNumberId, tenantId } from './ledger.ts'

const key = randomBytes(32).toString('hex')
const token = 'EAAG canary token é'
const number = { id: phoneNumberId, tenantId }

t.test('what was sealed is opened with the same key and context, and only so', async (t) => {
  const envelope = seal(token, key, 'row 1')
  t.equal(open(envelope, key, 'row 1'), token)
  t.throws(() => open(envelope, key, 'row 2'), 'in another row’s place')
  t.throws(() => open(envelope, randomBytes(32).toString('hex'), 'row 1'), 'with another key')
  t.notOk(envelope.includes(Buffer.from('canary')), 'nothing of it can be read')
  t.not(seal(token, key, 'row 1').toString('hex'), envelope.toString('hex'), 'a new nonce each time')
})

t.test('an envelope with any bit changed, or cut short, does not open', async (t) => {
  const envelope = seal(token, key, 'row')
  for (let bit = 0; bit < envelope.length * 8; bit++) {
    const changed = Buffer.from(envelope)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    if (isOpened(changed)) t.fail(`bit ${bit}`)
  }
  for (let length = 0; length < envelope.length; length++) {
    if (isOpened(envelope.subarray(0, length))) t.fail(`${length} bytes`)
  }
  t.pass(`${envelope.length * 8} bits`)
})

function isOpened(envelope: Buffer): boolean {
  try {
    open(envelope, key, 'row')
    return true
  } catch {
    return false
  }
}

t.test('the token of a number is encrypted in the ledger, and does not open in another row', async (t) => {
  const { db } = await openLedger(t)
  const other = { id: '999', tenantId }
  await saveDefaultNumber(db, other, 'other token', key)
  await saveDefaultNumber(db, number, token, key)
  t.equal(await loadAccessToken(db, number, key), token)
  const { rows } = await sql<{ dump: string }>`select phone_numbers::text as dump from phone_numbers`.execute(db)
  const dump = rows.map((row) => row.dump).join()
  t.notOk(dump.includes(token) || dump.includes(Buffer.from(token).toString('hex')), 'a dump does not show it')

  await sql`update phone_numbers set access_token =
    (select access_token from phone_numbers where id = ${number.id}) where id = ${other.id}`.execute(db)
  await t.rejects(loadAccessToken(db, other, key), 'swapped between rows')
  await t.rejects(loadAccessToken(db, number, randomBytes(32).toString('hex')), 'another key')
})

t.test('a number saved again has its new token, and a tenant has one default', async (t) => {
  const { db } = await openLedger(t)
  await saveDefaultNumber(db, { id: '999', tenantId }, 'first', key)
  await saveDefaultNumber(db, number, 'old', key)
  await saveDefaultNumber(db, number, 'new', key)
  t.equal(await loadAccessToken(db, number, key), 'new')
  t.equal(await findSendingNumber(db, tenantId), number.id)
})

t.test('a number is its tenant’s: another cannot take it over', async (t) => {
  const { db } = await openLedger(t)
  const thief = createId()
  await ensureTenant(db, { id: thief, name: 'thief' })
  await saveDefaultNumber(db, number, token, key)
  await saveDefaultNumber(db, { ...number, tenantId: thief }, 'stolen', key)
  t.equal(await loadAccessToken(db, number, key), token)
  t.equal(await loadAccessToken(db, { ...number, tenantId: thief }, key), undefined)
  t.strictSame(await findNumberTenants(db, [number.id, 'nobody']), new Map([[number.id, tenantId]]))
})
