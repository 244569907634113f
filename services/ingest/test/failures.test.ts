import { connectRedis } from '@wag/bus'
import { listPauses, replayWebhooks, resumeNumber } from '@wag/db'
import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { bodyOf, phoneNumberId, status } from './bodies.ts'
import { type Bench, openBench, openIngest, post, read, settle, tenantId } from './open.ts'
import { send } from './send.ts'

const accountId = '102290129340398'

const nowS = (): number => Math.floor(Date.now() / 1000)

/** Meta says that a message it had taken has failed. */
function failed(name: string, code: number, atS = nowS()): Record<string, unknown> {
  const error = { code, title: 'Title', message: 'Title', error_data: { details: `Details of ${code}` } }
  return status(name, 'failed', { timestamp: String(atS), errors: [error] })
}

async function tell(bench: Bench, ...statuses: Record<string, unknown>[]): Promise<string[]> {
  const ids = await post(bench, [bodyOf({ statuses })])
  await settle(bench)
  return ids
}

/** An ingest, and messages that Meta has taken. */
async function open(t: TestContext, ...names: string[]): Promise<Bench> {
  const bench = await openBench(t)
  await bench.db.updateTable('phone_numbers').set({ waba_id: accountId }).execute()
  for (const name of names) await (await send(bench, name)).record()
  await openIngest(t, bench)
  return bench
}

async function stops({ db }: Bench): Promise<string[]> {
  return (await listPauses(db)).map(({ scope, key }) => `${scope} ${key.length === 64 ? 'hash' : key}`)
}

async function alerts(bench: Bench) {
  return (await read(bench)).events.filter(({ type }) => type === 'sending.paused').map(({ data }) => data)
}

t.test('what would have stopped sending as an answer stops it as a status, once, and says why', async (t) => {
  const bench = await open(t, 'a', 'b', 'c')
  await tell(bench, failed('a', 131042), failed('b', 131042))
  await tell(bench, failed('c', 131042))
  const [pause] = await listPauses(bench.db)
  t.strictSame(await stops(bench), [`waba ${accountId}`])
  t.match(pause, { reason: 'account_config', error: { code: 131042, details: 'Details of 131042' } })
  const restsMs = Number(pause?.resumesAt) - Number(pause?.pausedAt)
  t.ok(restsMs > 14 * 60_000 && restsMs < 16 * 60_000, `${restsMs} ms`)
  t.match(await alerts(bench), [{ scope: 'waba', reason: 'account_config', phoneNumberId, error: { code: 131042 } }])
  t.ok((await read(bench)).messages.every(({ state }) => state === 'failed'))
})

t.test('each code stops what it is about, and most stop nothing', async (t) => {
  const expected: [code: number, stopped: string[]][] = [
    [131031, [`waba ${accountId}`]],
    [368, [`waba ${accountId}`]],
    [131048, [`number ${phoneNumberId}`]],
    [131045, [`number ${phoneNumberId}`]],
    [131005, ['token hash']],
    [3, ['app ']],
    [132015, ['template hello']],
    [130497, []],
    [131026, []],
    [131049, []],
    [131000, []],
    [999_999, []]
  ]
  const bench = await openBench(t)
  await bench.db.updateTable('phone_numbers').set({ waba_id: accountId }).execute()
  for (const [code] of expected) await (await send(bench, String(code), 'hello')).record()
  await openIngest(t, bench)
  for (const [code, stopped] of expected) {
    await tell(bench, failed(String(code), code))
    t.strictSame(await stops(bench), stopped, `${code}`)
    await bench.db.deleteFrom('pauses').execute()
  }
})

t.test('a message without a template stops none, and a number without an account only itself', async (t) => {
  const bench = await openBench(t)
  for (const name of ['a', 'b']) await (await send(bench, name)).record()
  await openIngest(t, bench)
  await tell(bench, failed('a', 132015), failed('b', 131031))
  t.strictSame(await stops(bench), [`number ${phoneNumberId}`])
})

t.test('what is old, said again, replayed or about a stranger’s message stops nothing', async (t) => {
  const bench = await open(t, 'late', 'again')
  await tell(bench, failed('late', 131031, nowS() - 600), failed('stranger', 131031))
  t.strictSame(await stops(bench), [])
  t.equal((await read(bench)).messages.find(({ content }) => JSON.stringify(content).includes('late'))?.state, 'failed')

  const ids = await tell(bench, failed('again', 131031))
  t.strictSame(await stops(bench), [`waba ${accountId}`])
  await resumeNumber(bench.db, { tenantId, id: phoneNumberId })
  await tell(bench, failed('again', 131031))
  t.equal((await replayWebhooks(bench.db, tenantId, ids)).length, 1)
  await bench.ring(ids, 1)
  await settle(bench)
  t.strictSame(await stops(bench), [])
  t.equal((await alerts(bench)).length, 1)
})

t.test('a limit that is told of by a status slows the pace as its answer does', async (t) => {
  const bench = await open(t, 'number', 'pair', 'maintenance', 'account', 'old')
  await bench.db
    .insertInto('phone_numbers')
    .values({ tenant_id: tenantId, id: 'sibling', waba_id: accountId })
    .execute()
  const redis = connectRedis({ url: bench.config.REDIS_URL, name: 'test', onError: () => undefined })
  t.teardown(() => redis.disconnect())
  const key = (id: string): string => `${bench.config.REDIS_PREFIX}:{send-${id}}`
  const paceOf = (id: string) => redis.hgetall(`${key(id)}:pace`)
  const held = async (id: string) => {
    const pace = await paceOf(id)
    return Number(pace.h) > 0 ? pace : undefined
  }

  await tell(bench, failed('old', 130429, nowS() - 600))
  t.strictSame(await redis.keys(`${key(phoneNumberId)}:pace`), [], 'one of before slows nothing')

  await tell(bench, failed('pair', 131056))
  const pairKey = await eventually(async () => (await redis.keys(`${key(phoneNumberId)}:pair:*`))[0])
  t.ok(Number(await redis.hget(pairKey, 'h')) > 0, 'that person alone')
  t.strictSame(await paceOf(phoneNumberId), {})

  await tell(bench, failed('number', 130429))
  const slowed = await eventually(() => held(phoneNumberId))
  t.equal(Number(slowed.f), 0.7)
  t.strictSame(await paceOf('sibling'), {})

  await redis.del(`${key(phoneNumberId)}:pace`)
  await tell(bench, failed('maintenance', 131057))
  t.equal(Number((await eventually(() => held(phoneNumberId))).f), 0.5)

  await tell(bench, failed('account', 80007))
  t.ok(await eventually(() => held('sibling')), 'all numbers of the account')
  t.strictSame(await stops(bench), [], 'a limit pauses nothing')
})
