import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import t from 'tap'
import { deleteOldRows } from '../src/index.ts'
import { openLedger, tenantId } from './ledger.ts'

t.test('an idempotency key is kept for seven days, and no longer', async (t) => {
  const { db } = await openLedger(t)
  for (const [key, age] of [
    ['young', '6 days 23 hours'],
    ['old', '7 days 1 hour']
  ]) {
    await sql`
      insert into idempotency_keys (tenant_id, key, fingerprint, request_id, answer, created_at)
      values (${tenantId}, ${key}, '', ${createId()}, '{}', now() - ${age}::interval)`.execute(db)
  }
  t.equal(await deleteOldRows(db, { inboxDays: 14, eventDays: 90 }), true)
  const rows = await db.selectFrom('idempotency_keys').select('key').execute()
  t.strictSame(rows, [{ key: 'young' }])
})
