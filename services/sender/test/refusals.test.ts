import { type MetaError } from '@wag/contracts'
import {
  connect,
  type Db,
  ensureTenant,
  hashToken,
  listPauses,
  pausesOf,
  type RefusedNumber,
  saveNumber
} from '@wag/db'
import { type SendOutcome } from '@wag/graph'
import { createTestDatabase, type TestContext } from '@wag/testkit'
import { type FastifyBaseLogger } from 'fastify'
import { Registry } from 'prom-client'
import t from 'tap'
import { createMetrics } from '../src/metrics.ts'
import { createRefusals } from '../src/refusals.ts'
import { encryptionKey, tenantId } from './open.ts'

const text = { type: 'text', text: { body: 'x' } }
const template = { type: 'template', template: { name: 'hello', language: { code: 'de' } } }
const bare: SendOutcome = { kind: 'failed', class: 'request_permanent', error: { message: 'HTTP 403' } }
const sent: SendOutcome = { kind: 'sent', wamid: 'wamid.x' }

function failed(
  code: number,
  pause?: { scope: 'token' | 'app' | 'waba' | 'number' | 'template'; resumesAfterMs?: number }
) {
  const error: MetaError = { code, message: `(#${code}) Text` }
  return { kind: 'failed', class: 'auth_fatal', error, ...(pause && { pause }) } as const
}

/** Two numbers of one account, and what a sender keeps for refusals. */
async function open(t: TestContext) {
  const db = connect({ url: await createTestDatabase(t), poolMax: 4, applicationName: 'test' })
  t.teardown(() => db.destroy())
  await ensureTenant(db, { id: tenantId, name: 'default' })
  const numbers = ['1', '2'].map(
    (id): RefusedNumber => ({ tenantId, id, wabaId: 'A', tokenHash: hashToken(`token ${id}`).toString('hex') })
  )
  for (const { id } of numbers) {
    await saveNumber(db, { tenantId, id }, { accessToken: `token ${id}`, wabaId: 'A' }, encryptionKey)
  }
  const [one = numbers[0], two = numbers[0]] = numbers
  if (!one || !two) throw new Error('no numbers')
  const registry = new Registry()
  const lines: unknown[] = []
  const add = (line: unknown): void => void lines.push(line)
  const log = { warn: add, info: add, debug: add } as unknown as FastifyBaseLogger
  const heard: string[] = []
  const publisher = { eventsGrew: async () => void heard.push('grew'), sendsEnded: async () => undefined }
  const slowed: string[] = []
  const pace = { slow: async (id: string, share: number) => void slowed.push(`${id} ${share}`) }
  const sender = () => createRefusals({ db, publisher, pace, metrics: createMetrics(new Registry()), log })
  const refusals = createRefusals({ db, publisher, pace, metrics: createMetrics(registry), log })
  return { db, one, two, refusals, sender, registry, lines, heard, slowed }
}

async function stopped(db: Db): Promise<string[]> {
  return [...(await pausesOf(db, tenantId, ['1', '2'])).keys()].sort()
}

t.test('each scope stops what it names, and the number at hand holds still', async (t) => {
  const { db, one, refusals } = await open(t)
  t.ok((await refusals.met(one, text, failed(190, { scope: 'token' }))) > 0)
  t.strictSame(await stopped(db), ['1'])
  t.ok((await refusals.met(one, text, failed(368, { scope: 'waba' }))) > 0)
  t.strictSame(await stopped(db), ['1', '2'])
  t.ok((await refusals.met(one, text, failed(3, { scope: 'app' }))) > 0)
  t.ok((await refusals.met(one, text, failed(131048, { scope: 'number' }))) > 0)
  t.equal(await refusals.met(one, template, failed(132015, { scope: 'template' })), 0, 'other messages go on')
  const pauses = await listPauses(db)
  t.strictSame(
    pauses.map(({ scope, key }) => [scope, scope === 'token' ? key.length : key]),
    [
      ['token', 64],
      ['waba', 'A'],
      ['app', ''],
      ['number', '1'],
      ['template', 'hello']
    ]
  )
  t.match(pauses[0], { reason: 'auth_fatal', error: { code: 190, message: '(#190) Text' } })
})

t.test('what is no reason to stop stops nothing', async (t) => {
  const { db, one, refusals } = await open(t)
  const outcomes: SendOutcome[] = [
    sent,
    failed(131047),
    failed(132015, { scope: 'template' }),
    { kind: 'throttled', scope: 'number', retryAfterMs: 1000, error: { code: 130429, message: 'x' } },
    { kind: 'unknown', error: { code: 131000, message: 'x' } },
    { kind: 'unsent', error: { message: 'x' } }
  ]
  for (const outcome of outcomes) t.equal(await refusals.met(one, text, outcome), 0, outcome.kind)
  t.strictSame(await listPauses(db), [])
})

t.test('an account whose id is not known stops the one number', async (t) => {
  const { db, one, refusals } = await open(t)
  await refusals.met({ ...one, wabaId: null }, text, failed(131042, { scope: 'waba' }))
  t.match(await listPauses(db), [{ scope: 'number', key: '1' }])
})

t.test('a hundred messages and three senders that meet one error tell of it once', async (t) => {
  const { db, one, sender, heard, lines } = await open(t)
  const senders = [sender(), sender(), sender()]
  const all = Array.from({ length: 100 }, (_, index) =>
    senders[index % 3]?.met(one, text, failed(190, { scope: 'token' }))
  )
  t.ok((await Promise.all(all)).every((holdMs) => Number(holdMs) > 0))
  const events = await db.selectFrom('events').select(['type', 'data']).execute()
  t.match(events, [{ type: 'sending.paused', data: { phoneNumberId: '1', error: { code: 190 } } }])
  t.equal(heard.length, 1)
  t.equal(lines.length, 1)
  t.notMatch(JSON.stringify([events, lines]), /token 1/, 'and the token is told to nobody')
})

t.test('a token that was replaced meanwhile stops nobody', async (t) => {
  const { db, one, refusals } = await open(t)
  await saveNumber(db, one, { accessToken: 'another' }, encryptionKey)
  await refusals.met(one, text, failed(190, { scope: 'token' }))
  t.strictSame(await listPauses(db), [])
})

t.test('five answers in a row that are not Meta’s stop the number for a minute', async (t) => {
  const { db, one, two, refusals } = await open(t)
  for (let n = 0; n < 4; n++) t.equal(await refusals.met(one, text, bare), 0)
  await refusals.met(one, text, sent)
  for (let n = 0; n < 4; n++) t.equal(await refusals.met(one, text, bare), 0)
  await refusals.met(two, text, bare)
  t.ok((await refusals.met(one, text, bare)) > 0)
  const [pause] = await listPauses(db)
  t.match(pause, { scope: 'number', key: '1', reason: 'account_config', error: { message: 'HTTP 403' } })
  const ms = Number(pause?.resumesAt) - Number(pause?.pausedAt)
  t.ok(ms > 50_000 && ms < 70_000, `${ms} ms`)
})

t.test('codes nobody knows are counted, each under its name, and told of once', async (t) => {
  const { db, one, refusals, registry, lines } = await open(t)
  for (let code = 900_000; code < 900_150; code++) {
    await refusals.met(one, text, failed(code))
    await refusals.met(one, text, failed(code))
  }
  const { values } = (await registry.getSingleMetric('wag_unknown_codes_total')?.get()) ?? { values: [] }
  t.equal(values.length, 101)
  t.match(
    values.find(({ labels }) => labels.code === 900_000),
    { value: 2 }
  )
  t.match(
    values.find(({ labels }) => labels.code === 'other'),
    { value: 100 }
  )
  t.equal(lines.length, 100)
  t.strictSame(await listPauses(db), [])
})

t.test('what heals goes on by itself, slowly at first, and is counted no more', async (t) => {
  const { db, one, refusals, registry, slowed } = await open(t)
  await refusals.met(one, text, failed(131042, { scope: 'waba', resumesAfterMs: 1 }))
  await refusals.met(one, text, failed(131048, { scope: 'number' }))
  await refusals.count()
  const gauge = async () => (await registry.getSingleMetric('wag_pauses')?.get())?.values
  t.match(await gauge(), [
    { labels: { scope: 'waba' }, value: 1 },
    { labels: { scope: 'number' }, value: 1 }
  ])
  await refusals.sweep()
  await refusals.count()
  t.match(await gauge(), [{ labels: { scope: 'number' }, value: 1 }])
  t.strictSame(await stopped(db), ['1'])
  t.strictSame(slowed, ['1 0.1', '2 0.1'])
  const events = await db.selectFrom('events').select('type').orderBy('seq').execute()
  t.equal(events.filter(({ type }) => type === 'sending.resumed').length, 2)
})

t.test('while the ledger is away nothing is thrown, and the next one that meets the error tells', async (t) => {
  const { db, one, two, refusals, lines } = await open(t)
  await db.destroy()
  t.ok((await refusals.met(one, text, failed(190, { scope: 'token' }))) > 0)
  t.ok((await refusals.met(two, text, failed(190, { scope: 'token' }))) > 0)
  t.equal(lines.length, 2)
})
