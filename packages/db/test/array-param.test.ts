import { sql } from 'kysely'
import t from 'tap'
import { arrayParam } from '../src/array-param.ts'
import { openLedger } from './ledger.ts'

// Whatever JSON, array literals or text could disagree on, in every pair: escapes, braces, commas, nulls, line ends.
const pieces = [
  '',
  'plain',
  'null',
  'NULL',
  '"',
  '\\',
  '\\\\',
  '\\"',
  '\n',
  '\\n',
  '\\\n',
  '\t',
  '\u0001',
  '\u007f',
  '{',
  '}',
  ',',
  ' ',
  'ä',
  '😀',
  '\u2028',
  '\\u0041',
  '{"a":"b\\nc"}'
]
const texts = [...pieces, ...pieces.flatMap((a) => pieces.map((b) => `${a}${b}`)), null, undefined]

t.test('a list of texts comes back as it went', async (t) => {
  const { db } = await openLedger(t)
  const back = async (list: (string | null | undefined)[]) =>
    (await sql<{ list: (string | null)[] }>`select ${list}::text[] as list`.execute(db)).rows[0]?.list
  const expected = texts.map((text) => text ?? null)
  t.strictSame(await back(texts), expected)
  // Alone, a text decides by itself how the list is written.
  for (const [index, text] of texts.entries()) {
    if (JSON.stringify(await back([text])) !== JSON.stringify([expected[index]])) t.fail(JSON.stringify(text))
  }
  t.strictSame(await back([]), [])
  t.strictSame(await back([null, null]), [null, null])
  t.strictSame(await back(['\ud83d alone']), ['\ufffd alone'], 'half a pair is no text')
})

t.test('a list of JSON comes back as it went', async (t) => {
  const { db } = await openLedger(t)
  const values = texts.map((text) => ({ text: text ?? null, nested: [{ text }] }))
  const { rows } = await sql<{ list: unknown[] }>`
    select array(select unnest(${values.map((value) => JSON.stringify(value))}::json[])) as list`.execute(db)
  t.strictSame(rows[0]?.list, JSON.parse(JSON.stringify(values)))
})

t.test('a list of bytes comes back as it went', async (t) => {
  const { db } = await openLedger(t)
  const bytes = [
    Buffer.from([]),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    Buffer.alloc(300_000, '\\"')
  ]
  for (const list of [bytes, []]) {
    const { rows } = await sql<{ list: Buffer[] }>`select ${list}::bytea[] as list`.execute(db)
    t.strictSame(rows[0]?.list, list)
  }
})

t.test('a list of bytes in which some are missing comes back as it went', async (t) => {
  const { db } = await openLedger(t)
  const list = [Buffer.from([0, 255]), null]
  const { rows } = await sql<{ list: (Buffer | null)[] }>`select ${list}::bytea[] as list`.execute(db)
  t.strictSame(rows[0]?.list, list)
})

t.test('a NUL is refused as it was before', async (t) => {
  const { db } = await openLedger(t)
  await t.rejects(sql`select ${['a', 'b\0c']}::text[]`.execute(db), { code: '22021' })
})

t.test('what else a list may hold is left to pg', async (t) => {
  const { db } = await openLedger(t)
  const at = new Date('2026-11-22T10:11:12.345Z')
  const { rows } = await sql`select ${[1, null, 3]}::integer[] as numbers, ${[at, null]}::timestamptz[] as times,
    ${[true, false]}::boolean[] as flags`.execute(db)
  t.strictSame(rows[0], { numbers: [1, null, 3], times: [at, null], flags: [true, false] })
  const mixed = ['a', 1]
  t.equal(arrayParam(mixed), mixed)
})
