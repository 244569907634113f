import { type TestContext } from '@wag/testkit'
import { sql } from 'kysely'
import t from 'tap'
import { migrate } from '../src/index.ts'
import { acceptSome, openLedger, openPool, stateOf } from './ledger.ts'

/** An empty database beside the migrated one. */
async function emptyDatabase(t: TestContext): Promise<string> {
  const { db, url } = await openLedger(t)
  const name = `${new URL(url).pathname.slice(1)}_empty`
  await sql.raw(`create database ${name}`).execute(db)
  t.teardown(() => sql.raw(`drop database ${name} with (force)`).execute(db))
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

t.test('several processes may migrate an empty database at once: each step is applied once', async (t) => {
  const url = await emptyDatabase(t)
  const applied = await Promise.all([migrate({ url }), migrate({ url }), migrate({ url })])
  t.strictSame(applied.flat(), [
    '0001-ledger',
    '0002-realtime-tokens',
    '0003-sending',
    '0005-media-uploads',
    '0006-media',
    '0007-receiving',
    '0009-inbox',
    '0010-keeping',
    '0011-contact-keys'
  ])
  const { rows } = await sql`select from inbox`.execute(openPool(t, url))
  t.strictSame(rows, [])
})

t.test('migrating again changes nothing', async (t) => {
  const { db, url } = await openLedger(t)
  const [id = ''] = await acceptSome(db)
  t.strictSame(await migrate({ url }), [])
  t.equal(await stateOf(db, id), 'queued')
})

t.test('a database that is away is an error and not a wait', async (t) => {
  await t.rejects(migrate({ url: 'postgres://nobody@127.0.0.1:1/none' }), /ECONNREFUSED/)
})
