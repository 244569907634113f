import { createId } from '@wag/contracts'
import { acceptMessages, listPauses, type PauseKey, pause, removePause, resumeNumber, saveNumber } from '@wag/db'
import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, type Post, refuse, startGraph } from './graph.ts'
import { type Bench, encryptionKey, openBench, openSender, phoneNumberId, rowOf, tenantId } from './open.ts'

const text = { type: 'text' as const, text: { body: 'x' } }
const template = (name: string) => ({ type: 'template' as const, template: { name, language: { code: 'de' } } })
const tokenOf = ({ headers }: Post): string => String(headers.authorization).replace('Bearer ', '')
const numberOf = ({ url }: Post): string => url.split('/')[2] ?? ''

/** A sender for the numbers 1 and 2 of the account A, each with a token of its own, and a Meta that refuses at will. */
async function open(t: TestContext, codeOf: (post: Post) => number | undefined) {
  const graph = await startGraph(t, (response, post) => {
    const code = codeOf(post)
    if (code === undefined) acceptPost(response, post)
    else refuse(400, code)(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  for (const id of ['1', '2']) {
    await saveNumber(bench.db, { tenantId, id }, { accessToken: `token-${id}`, wabaId: 'A', rate: 100 }, encryptionKey)
  }
  await openSender(t, bench)
  return { bench, graph, posts: (id: string) => graph.posts.filter((post) => numberOf(post) === id).length }
}

type Content = typeof text | ReturnType<typeof template>

async function send(bench: Bench, phoneNumberId: string, contents: Content[]): Promise<string[]> {
  const messages = contents.map((content, index) => ({
    id: createId(),
    tenantId,
    phoneNumberId,
    recipient: { kind: 'phone' as const, id: `49170${1_000_000 + index}` },
    content
  }))
  await acceptMessages(bench.db, [{ id: createId(), tenantId, messages }])
  await bench.ring([phoneNumberId])
  return messages.map(({ id }) => id)
}

async function statesOf(bench: Bench, ids: string[]): Promise<Record<string, number>> {
  const rows = await Promise.all(ids.map((id) => rowOf(bench, id)))
  const groups = Map.groupBy(rows, ({ state }) => state)
  return Object.fromEntries([...groups].map(([state, found]) => [state, found.length]))
}

function reach(bench: Bench, ids: string[], state: string): Promise<boolean> {
  const all = async (): Promise<boolean> => (await statesOf(bench, ids))[state] === ids.length
  return eventually(all, { timeoutMs: 20_000 })
}

const many = Array.from({ length: 200 }, () => text)

t.test('a token that Meta refuses stops its number, the others go on; another token sets it free', async (t) => {
  const revoked = new Set(['token-1'])
  const { bench, posts } = await open(t, (post) => (revoked.has(tokenOf(post)) ? 190 : undefined))
  const [stopped, free] = await Promise.all([send(bench, '1', many), send(bench, '2', many)])
  await reach(bench, free, 'sent')
  await eventually(async () => (await listPauses(bench.db)).length === 1)
  await eventually(async () => !('sending' in (await statesOf(bench, stopped))))
  const { failed = 0, queued = 0 } = await statesOf(bench, stopped)
  t.ok(failed >= 1 && failed < 100, `${failed} found out`)
  t.equal(failed + queued, 200, 'the rest waits')
  t.equal(posts('1'), failed)

  await saveNumber(bench.db, { tenantId, id: '1' }, { accessToken: 'token-1-new' }, encryptionKey)
  const waiting = await waitingOf(bench, stopped)
  await reach(bench, waiting, 'sent')
  t.equal(posts('1'), 200, 'and none of them met the old token')
  const events = await bench.db.selectFrom('events').select(['type', 'data']).execute()
  t.match(
    events.filter(({ type }) => type.startsWith('sending.')),
    [
      { type: 'sending.paused', data: { scope: 'token', phoneNumberId: '1', error: { code: 190 } } },
      { type: 'sending.resumed', data: { scope: 'token', phoneNumberId: '1' } }
    ]
  )
})

async function waitingOf(bench: Bench, ids: string[]): Promise<string[]> {
  const rows = await Promise.all(ids.map((id) => rowOf(bench, id)))
  return rows.filter(({ state }) => state === 'queued').map(({ id }) => id)
}

t.test('what stops an account stops all its numbers; it is tried again when its time has come', async (t) => {
  let isPaid = false
  const { bench, posts } = await open(t, (post) => (isPaid || numberOf(post) === phoneNumberId ? undefined : 131042))
  const [first = ''] = await send(bench, '1', [text])
  await reach(bench, [first], 'failed')
  await eventually(async () => (await listPauses(bench.db)).length === 1)
  const waiting = [...(await send(bench, '1', [text, text])), ...(await send(bench, '2', [text, text]))]
  await reach(bench, await send(bench, phoneNumberId, [text, text]), 'sent')
  t.strictSame([posts('1'), posts('2')], [1, 0])
  isPaid = true
  await bench.db.updateTable('pauses').set({ resumes_at: new Date() }).execute()
  await reach(bench, waiting, 'sent')
  t.strictSame(await listPauses(bench.db), [])
})

t.test('a paused template holds up its own messages only, until a webhook lets it go on', async (t) => {
  let isPaused = true
  const { bench } = await open(t, (post) => (isPaused && post.template === 'bad' ? 132015 : undefined))
  const [first = ''] = await send(bench, '1', [template('bad')])
  await reach(bench, [first], 'failed')
  await eventually(async () => (await listPauses(bench.db)).length === 1)
  const held = await send(bench, '1', [template('bad'), template('bad')])
  await reach(bench, await send(bench, '1', [template('good'), text]), 'sent')
  await eventually(async () => {
    const rows = await Promise.all(held.map((id) => rowOf(bench, id)))
    return rows.every(({ state, due_at }) => state === 'queued' && Number(due_at) > Date.now() + 3_600_000)
  })
  isPaused = false
  const key: PauseKey = { tenantId, scope: 'template', key: 'bad' }
  await bench.db.transaction().execute((trx) => removePause(trx, key))
  await reach(bench, held, 'sent')
})

t.test('what an operator pauses rests, and goes on when they say so', async (t) => {
  const { bench, posts } = await open(t, () => undefined)
  await pause(bench.db, { tenantId, scope: 'number', key: '1', reason: 'operator' })
  const ids = await send(bench, '1', [text, text])
  await reach(bench, await send(bench, '2', [text, text]), 'sent')
  t.equal(posts('1'), 0)
  await resumeNumber(bench.db, { tenantId, id: '1' })
  await reach(bench, ids, 'sent')
})

t.test('what waits goes out as soon as its number is resumed, without waiting for the sweeper', async (t) => {
  const graph = await startGraph(t, acceptPost)
  const bench = await openBench(t, { GRAPH_URL: graph.url, SWEEP_INTERVAL_MS: 60_000 })
  await openSender(t, bench)
  const first = await send(bench, phoneNumberId, [text])
  await reach(bench, first, 'sent')
  await pause(bench.db, { tenantId, scope: 'number', key: phoneNumberId, reason: 'operator' })
  const waiting = await send(bench, phoneNumberId, [text])
  await resumeNumber(bench.db, { tenantId, id: phoneNumberId })
  await bench.ring([phoneNumberId])
  await reach(bench, waiting, 'sent')
})
