import t from 'tap'
import { bodyOf, status } from './bodies.ts'
import { openBench, openIngest, post, read, settle } from './open.ts'

const count = 1_000
const good = (index: number) => status(`s${index}`, 'sent')

t.test('of 1,000 statuses in one body three are poison: they are put aside whole, and 997 count', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const statuses = Array.from({ length: count }, (_, index) => good(index))
  statuses[10] = { ...good(10), id: 'wamid.#NUL' }
  statuses[500] = { ...good(500), status: '#HALF' }
  statuses[999] = { ...good(999), timestamp: '#LONG' }
  const text = bodyOf({ statuses })
    .toString()
    .replace('#NUL', '\\u0000')
    .replace('#HALF', 'read\\ud83d')
    .replace('"#LONG"', '9'.repeat(200_000))
  const [id] = await post(bench, [Buffer.from(text)])
  await settle(bench)
  const { statuses: stored, quarantine, events } = await read(bench)
  t.equal(stored.length, 997)
  t.equal(quarantine.length, 3)
  t.ok(quarantine.every(({ inbox_id }) => inbox_id === id))
  t.match(JSON.stringify(quarantine.map(({ item }) => item)), '9'.repeat(200_000), 'every digit is there')
  t.equal(events.filter(({ type }) => type === 'webhook.quarantined').length, 3)
  const row = await bench.db.selectFrom('inbox').select('result').executeTakeFirst()
  t.strictSame(row?.result, { items: 1_000, applied: 0, parked: 997, stored: 0, quarantined: 3 })
})

t.test('of 1,000 statuses the ledger refuses three: 997 count at once, and the three after a replay', async (t) => {
  const bench = await openBench(t)
  // Stands for whatever the ledger may refuse today and take after a mend: of four with one word three are refused.
  await bench.db.schema.alterTable('statuses').addUniqueConstraint('refused', ['tenant_id', 'status']).execute()
  const words = Array.from({ length: count }, (_, index) => ([5, 10, 500, 999].includes(index) ? 'same' : `w${index}`))
  await openIngest(t, bench)
  const startedAt = performance.now()
  const [id = ''] = await post(bench, [bodyOf({ statuses: words.map((word, index) => status(`s${index}`, word)) })])
  await settle(bench)
  t.comment(`${Math.round(performance.now() - startedAt)} ms`)
  const before = await read(bench)
  t.equal(before.statuses.length, 997)
  t.strictSame(
    before.quarantine.map(({ item }) => (item as { status: string }).status),
    ['same', 'same', 'same']
  )
  await bench.db.schema.alterTable('statuses').dropConstraint('refused').execute()
  await bench.db.updateTable('quarantine').set({ replayed_at: new Date() }).execute()
  await bench.db.updateTable('inbox').set({ processed_at: null }).where('id', '=', id).execute()
  await bench.ring([id], 1)
  await settle(bench)
  const after = await read(bench)
  t.equal(after.statuses.length, count)
  t.strictSame(after.quarantine, [])
})
