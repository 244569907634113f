import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { ensureTenant, findPrincipal, saveBootstrapKey, saveDefaultNumber } from '../src/index.ts'
import { openLedger, phoneNumberId, tenantId } from './ledger.ts'

const key = 'a bootstrap key of more than 32 characters'

t.test('a key says who its caller is, and from which number they send', async (t) => {
  const { db } = await openLedger(t)
  await saveBootstrapKey(db, tenantId, key)
  t.match(await findPrincipal(db, key), { tenantId, scopes: ['admin'], phoneNumberId: null })
  await saveDefaultNumber(db, { id: phoneNumberId, tenantId }, 'token', '00'.repeat(32))
  t.match(await findPrincipal(db, key), { phoneNumberId })
})

t.test('only the hash is in the ledger, and the hash opens nothing', async (t) => {
  const { db } = await openLedger(t)
  await saveBootstrapKey(db, tenantId, key)
  const { rows } = await sql<{ dump: string }>`select api_keys::text as dump from api_keys`.execute(db)
  const hash = createHash('sha256').update(key).digest('hex')
  t.equal(rows.length, 1)
  t.ok(rows[0]?.dump.includes(hash))
  t.notOk(rows[0]?.dump.includes(key))
  t.notOk(rows[0]?.dump.includes(Buffer.from(key).toString('hex')))
  t.equal(await findPrincipal(db, hash), undefined)
})

t.test('what is not the key is nobody’s', async (t) => {
  const { db } = await openLedger(t)
  await saveBootstrapKey(db, tenantId, key)
  for (const wrong of ['', key.slice(1), `${key} `, key.toUpperCase(), "' or true --", '\u0000']) {
    t.equal(await findPrincipal(db, wrong), undefined, JSON.stringify(wrong))
  }
})

t.test('a revoked key is nobody’s', async (t) => {
  const { db } = await openLedger(t)
  await saveBootstrapKey(db, tenantId, key)
  await sql`update api_keys set revoked_at = now()`.execute(db)
  t.equal(await findPrincipal(db, key), undefined)
})

t.test('a new bootstrap key replaces the old one, and the old one may come back', async (t) => {
  const { db } = await openLedger(t)
  await saveBootstrapKey(db, tenantId, key)
  const first = await findPrincipal(db, key)
  await saveBootstrapKey(db, tenantId, `new ${key}`)
  t.equal(await findPrincipal(db, key), undefined)
  t.ok(await findPrincipal(db, `new ${key}`))
  await saveBootstrapKey(db, tenantId, key)
  t.equal((await findPrincipal(db, key))?.keyId, first?.keyId)
  t.equal(await findPrincipal(db, `new ${key}`), undefined)
})

t.test('several starts at once with the same key leave one key', async (t) => {
  const { db } = await openLedger(t)
  await Promise.all(Array.from({ length: 8 }, () => saveBootstrapKey(db, tenantId, key)))
  t.equal((await db.selectFrom('api_keys').select('id').execute()).length, 1)
})

t.test('a bootstrap key does not touch another tenant’s keys, nor take one over', async (t) => {
  const { db } = await openLedger(t)
  const other = createId()
  await ensureTenant(db, { id: other, name: 'other' })
  await saveBootstrapKey(db, other, key)
  await saveBootstrapKey(db, tenantId, `new ${key}`)
  await saveBootstrapKey(db, tenantId, key)
  t.equal((await findPrincipal(db, key))?.tenantId, other)
})
