import { readFile } from 'node:fs/promises'
import { eventually, startTestPostgres } from '@wag/testkit'
import { sql } from 'kysely'
import t from 'tap'
import {
  acceptMessages,
  appendEvents,
  checkLedger,
  isDataFault,
  isLedgerAway,
  recordOutcomes,
  withRetry
} from '../src/index.ts'
import {
  acceptSome,
  addNumber,
  claimSome,
  newMessage,
  openLedger,
  openPool,
  requestOf,
  stateOf,
  tenantId
} from './ledger.ts'

function fault(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => undefined,
    (error: unknown) => error
  )
}

t.test('a backend that is ended inside a transaction costs that transaction and nothing more', async (t) => {
  const errors: Error[] = []
  const { db, url } = await openLedger(t, { poolMax: 2, onError: (error) => errors.push(error) })
  const admin = openPool(t, url)
  const session = await db.startTransaction().execute()
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(session)
  await appendEvents(session, [{ tenantId, type: 'webhook.unrecognised', data: {} }])
  await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(admin)
  await eventually(() => errors.length > 0)
  const error = await fault(sql`select 1`.execute(session))
  t.ok(isLedgerAway(error), String(error))
  await fault(session.rollback().execute())
  await acceptSome(db)
  t.strictSame(await db.selectFrom('events').select('seq').execute(), [])
})

t.test('an idle connection that is ended is not met again', async (t) => {
  const { db, url } = await openLedger(t, { poolMax: 1 })
  const admin = openPool(t, url)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(admin)
  await eventually(() => acceptSome(db))
  t.pass()
})

t.test(
  'a PostgreSQL that hangs gives an error in time, and afterwards what was given up is not half done',
  async (t) => {
    const server = await startTestPostgres(t)
    const db = openPool(t, server.url, { poolMax: 2, timeoutMs: 500 })
    await addNumber(db)
    const [messageId = ''] = await acceptSome(db)
    const claim = (await claimSome(db, 1))[0]?.claim ?? ''
    const session = await db.startTransaction().execute()
    await sql`select 1`.execute(session)
    process.kill(server.pid, 'SIGSTOP')
    const backends = await stopBackends(server.pid)
    try {
      const startedAt = performance.now()
      const errors = await Promise.all([
        fault(recordOutcomes(db, [{ messageId, claim, kind: 'sent', wamid: 'wamid.x' }])),
        fault(sql`select 1`.execute(session)),
        fault(acceptSome(db))
      ])
      t.ok(errors.every(isLedgerAway), errors.map(String).join())
      t.ok(performance.now() - startedAt < 4_000, 'in time')
      await fault(session.rollback().execute())
    } finally {
      for (const pid of [...backends, server.pid]) process.kill(pid, 'SIGCONT')
    }
    // A connection given back inside its transaction would swallow this commit.
    const fresh = openPool(t, server.url, { poolMax: 1 })
    for (let round = 0; round < 4; round++) {
      const [id = ''] = await eventually(() => acceptSome(db))
      t.equal(await stateOf(fresh, id), 'queued', 'committed for everybody to see')
    }
    await recordOutcomes(db, [{ messageId, claim, kind: 'sent', wamid: 'wamid.x' }])
    t.equal(await stateOf(fresh, messageId), 'sent')
  }
)

/** Stops every process of the server: a stopped postmaster alone leaves its backends at work. */
async function stopBackends(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const pids = children.trim().split(' ').filter(Boolean).map(Number)
  for (const child of pids) process.kill(child, 'SIGSTOP')
  return pids
}

t.test('a begin that was given up does not swallow the claim that comes after it', async (t) => {
  const server = await startTestPostgres(t)
  const db = openPool(t, server.url, { poolMax: 1, timeoutMs: 500 })
  await addNumber(db)
  const [first = '', second = ''] = await acceptSome(db, 2)
  const claim = (await claimSome(db, 1))[0]?.claim ?? ''
  const backends = await stopBackends(server.pid)
  try {
    t.ok(isLedgerAway(await fault(recordOutcomes(db, [{ messageId: first, claim, kind: 'sent', wamid: 'wamid.x' }]))))
  } finally {
    for (const pid of backends) process.kill(pid, 'SIGCONT')
  }
  const fresh = openPool(t, server.url)
  const [claimed] = await eventually(() => claimSome(db, 1))
  t.equal(claimed?.messageId, second)
  t.equal(await stateOf(fresh, second), 'sending', 'everybody sees it: nobody else may claim it')
})

t.test('a PostgreSQL that is gone is an error at once, and is found again when it is back', async (t) => {
  const server = await startTestPostgres(t)
  const db = openPool(t, server.url)
  await checkLedger(db)
  server.kill()
  await server.exited
  const startedAt = performance.now()
  const error = await fault(checkLedger(db))
  t.ok(isLedgerAway(error), String(error))
  t.ok(performance.now() - startedAt < 1_000)
})

t.test('readiness is a write: a ledger that only reads is not ready', async (t) => {
  const { db, url } = await openLedger(t, { poolMax: 1 })
  await checkLedger(db)
  await sql.raw(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`).execute(db)
  const error = await fault(checkLedger(openPool(t, url)))
  t.ok(isLedgerAway(error), String(error))
})

t.test('a statement that takes too long is given up by the server too', async (t) => {
  const { db } = await openLedger(t, { timeoutMs: 100 })
  const error = await fault(sql`select pg_sleep(5)`.execute(db))
  t.match(error, { code: '57014' })
  t.ok(isLedgerAway(error))
})

t.test('a deadlock is run again; anything else is not', async (t) => {
  const { db } = await openLedger(t)
  const [one = '', two = ''] = await acceptSome(db, 2)
  await sql.raw("alter role current_user set deadlock_timeout = '50ms'").execute(db)
  const met = Promise.withResolvers<void>()
  let holding = 0
  const cross = (first: string, second: string) =>
    withRetry(() =>
      db.transaction().execute(async (trx) => {
        await sql`update messages set updated_at = now() where id = ${first}`.execute(trx)
        if (++holding === 2) met.resolve()
        await met.promise
        await sql`update messages set updated_at = now() where id = ${second}`.execute(trx)
      })
    )
  await Promise.all([cross(one, two), cross(two, one)])
  t.equal(holding, 3, 'one of the two was run again')
  let attempts = 0
  await t.rejects(
    withRetry(async () => {
      attempts++
      await acceptSome(db, 0)
      throw new Error('mine')
    }),
    /mine/
  )
  t.equal(attempts, 1)
})

t.test('faults are told apart: one row’s own, the ledger’s, and ours', async (t) => {
  const { db } = await openLedger(t)
  const [id = ''] = await acceptSome(db)
  const cases: [name: string, error: unknown, isData: boolean, isAway: boolean][] = [
    ['a unique violation', await fault(acceptMessages(db, [requestOf(newMessage({ id }))])), true, false],
    ['bad text', await fault(sql`select ${'\u0000'}::text`.execute(db)), true, false],
    ['a programming error', await fault(sql`select nonsense`.execute(db)), false, false],
    ['a TypeError', new TypeError('x'), false, false],
    ['no connection', await fault(checkLedger(openPool(t, 'postgres://x@127.0.0.1:1/x'))), false, true],
    ['a broken pipe', Object.assign(new Error('write'), { code: 'EPIPE' }), false, true]
  ]
  for (const [name, error, isData, isAway] of cases) {
    t.equal(isDataFault(error), isData, name)
    t.equal(isLedgerAway(error), isAway, name)
  }
})
