import { createId, type MessageState } from '@wag/contracts'
import { acceptMessages, ensureTenant, listPauses, saveNumber } from '@wag/db'
import { classify } from '@wag/graph'
import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { accept as acceptPost, type Post, refuse, startGraph } from './graph.ts'
import { type Bench, encryptionKey, openBench, openSender } from './open.ts'

/** What must come of a code. Written down here, and not taken from the table of codes. */
type Expected = {
  state: MessageState
  /** Whether it is sent again: soon, or not within this test. */
  again: 'no' | 'soon' | 'later'
  stops: 'app' | 'token' | 'waba' | 'number' | 'template' | 'nothing'
  codes: number[]
}

const expectations: Expected[] = [
  { state: 'failed', again: 'no', stops: 'token', codes: [0, 10, 102, 190, 200, 250, 299, 131005] },
  { state: 'failed', again: 'no', stops: 'app', codes: [3, 104] },
  { state: 'failed', again: 'no', stops: 'waba', codes: [368, 131031, 131064, 131042] },
  { state: 'failed', again: 'no', stops: 'number', codes: [131048, 131035, 131037, 131045, 133006, 133010] },
  { state: 'failed', again: 'no', stops: 'template', codes: [132015, 132016, 132068, 132069, 134102] },
  { state: 'sent', again: 'soon', stops: 'nothing', codes: [130429, 131056, 131208] },
  { state: 'queued', again: 'later', stops: 'nothing', codes: [4, 17, 341, 613, 80007, 80008, 133016, 134101] },
  { state: 'unknown', again: 'no', stops: 'nothing', codes: [1, 2, 131000, 131016, 131057, 133004, 2494100] },
  {
    state: 'failed',
    again: 'no',
    stops: 'nothing',
    codes: [
      [131021, 131026, 131030, 131036, 131203, 130403, 130472, 130497, 137000, 1026],
      [131047, 131049, 131050],
      // These concern payments and calls alone.
      [131044, 134011],
      [33, 100, 131008, 131009, 131051, 131053, 131055, 131062, 131063, 134100, 135000],
      [132000, 132001, 132005, 132007, 132008, 132012, 132018],
      [131020, 131041, 131059, 131201, 131202, 131204, 131207],
      [131209, 131210, 131211, 131212, 131213, 131214, 131215],
      [131052, 131060, 2593109],
      [133000, 133005, 133008, 133009, 133015, 136024],
      [138000, 138001, 138002, 138003, 138004, 138005, 138006, 138007, 138009, 138012, 138013, 138014, 138015],
      [138017, 138018, 138019, 138020, 138021, 138022],
      [139000, 139001, 139002, 139100, 139101, 139102, 139103, 147001, 147002, 147003, 147004, 147005],
      [200005, 200006, 200007, 1752041, 2388001, 2388012, 2388019, 2388039, 2388040, 2388047, 2388072, 2388073],
      [2388091, 2388093, 2388103, 2388293, 2388299, 2593079, 2593085, 2593107, 2593108],
      // Nobody knows these.
      [5, 131999, 999_999]
    ].flat()
  }
]

/** Codes of which a message that follows waits until the test is over: the pace holds all that the limit is about. */
const holding = new Set([4, 17, 341, 613, 80007, 80008, 133016])

/** A code with a tenant, a number, an account, a token and a template of its own, so that no pause stops another's. */
type Row = Expected & { code: number; tenantId: string; numberId: string; first: string; second: string }

async function openRows(bench: Bench): Promise<Row[]> {
  const all = expectations.flatMap((expected) => expected.codes.map((code) => ({ ...expected, code })))
  const rows = all.map((row, index) => {
    return { ...row, tenantId: createId(), numberId: String(10_000 + index), first: createId(), second: createId() }
  })
  for (const { tenantId, numberId, code } of rows) {
    await ensureTenant(bench.db, { id: tenantId, name: String(code) })
    const change = { accessToken: `token-${numberId}`, wabaId: `9${numberId}` }
    await saveNumber(bench.db, { tenantId, id: numberId }, change, encryptionKey)
  }
  return rows
}

async function send(bench: Bench, rows: Row[], which: 'first' | 'second'): Promise<void> {
  const requests = rows.map(({ tenantId, numberId, [which]: id }, index) => ({
    id: createId(),
    tenantId,
    messages: [
      {
        id,
        tenantId,
        phoneNumberId: numberId,
        recipient: { kind: 'phone' as const, id: `49170${1_000_000 + index}` },
        content: { type: 'template' as const, template: { name: 'hello', language: { code: 'de' } } }
      }
    ]
  }))
  await acceptMessages(bench.db, requests)
  await bench.ring(rows.map(({ numberId }) => numberId))
}

type Seen = { state: MessageState; error: { code?: number; message: string; details?: string } | null; waits: boolean }

async function look({ db }: Bench): Promise<Map<string, Seen>> {
  const rows = await db.selectFrom('messages').select(['id', 'state', 'error', 'attempts', 'due_at', 'claim']).execute()
  return new Map(
    rows.map(({ id, state, error, attempts, due_at, claim }) => {
      const waits = state === 'queued' && claim === null && Number(due_at) > Date.now() + 10_000 && attempts > 0
      return [id, { state, error, waits }]
    })
  )
}

/** Waits until each message has come to what it must come to; tells of those that have not. */
function reach(bench: Bench, rows: Row[], which: 'first' | 'second', isThere: (row: Row, seen: Seen) => boolean) {
  return eventually(
    async () => {
      const seen = await look(bench)
      const open = rows.filter((row) => {
        const one = seen.get(row[which])
        return !one || !isThere(row, one)
      })
      if (open.length === 0) return seen
      throw new Error(open.map((row) => `${row.code}: ${seen.get(row[which])?.state}`).join(', '))
    },
    { timeoutMs: 40_000 }
  )
}

async function alertsOf({ db }: Bench): Promise<Map<string, string[]>> {
  const events = await db
    .selectFrom('events')
    .select(['tenant_id', 'data'])
    .where('type', '=', 'sending.paused')
    .execute()
  const byTenant = Map.groupBy(events, ({ tenant_id }) => tenant_id)
  return new Map([...byTenant].map(([tenant, found]) => [tenant, found.map(({ data }) => String(data.scope))]))
}

/** Answers the first POST of each number with its code, as Meta would with details, and takes all others. */
async function startOnce(t: TestContext) {
  const codes = new Map<string, number>()
  const answer = (response: Parameters<typeof acceptPost>[0], post: Post): void => {
    const numberId = post.url.split('/')[2] ?? ''
    const code = codes.get(numberId)
    codes.delete(numberId)
    if (code === undefined) acceptPost(response, post)
    else refuse(400, code, `(#${code}) As Meta says`, { details: `Details of ${code}` })(response, post)
  }
  return { codes, graph: await startGraph(t, answer) }
}

t.test(
  'every code of Meta’s has its state, is sent again or not, stops what it must, and raises its alert',
  async (t) => {
    const { codes, graph } = await startOnce(t)
    const bench = await openBench(t, { GRAPH_URL: graph.url, SENDER_CONCURRENCY: 200 })
    const rows = await openRows(bench)
    for (const { numberId, code } of rows) codes.set(numberId, code)
    await openSender(t, bench)

    await send(bench, rows, 'first')
    const first = await reach(bench, rows, 'first', ({ state, again }, seen) =>
      again === 'later' ? seen.waits : seen.state === state
    )
    const pauses = Map.groupBy(await listPauses(bench.db), ({ tenantId }) => tenantId)
    const alerts = await alertsOf(bench)
    const posts = Map.groupBy(graph.posts, ({ messageId }) => messageId)

    t.comment('   code  class                state    posts  again  stops     alert')
    for (const row of rows) {
      const seen = first.get(row.first)
      const paused = pauses.get(row.tenantId)?.map(({ scope }) => scope) ?? []
      const alerted = alerts.get(row.tenantId) ?? []
      const count = posts.get(row.first)?.length ?? 0
      const found = classify(row.code)
      const again = seen?.waits ? 'later' : count > 1 ? 'soon' : 'no'
      const cells = [String(row.code).padStart(7), found.class.padEnd(19), String(seen?.state).padEnd(7), count]
      t.comment(
        [...cells, again.padEnd(5), (paused.join() || '-').padEnd(8), alerted.length > 0 ? 'yes' : '-'].join('  ')
      )

      const wanted = row.stops === 'nothing' ? [] : [row.stops]
      t.equal(seen?.state, row.state, `${row.code}: state`)
      t.equal(again, row.again, `${row.code}: sent again`)
      t.strictSame(paused, wanted, `${row.code}: what stops`)
      t.strictSame(alerted, wanted, `${row.code}: one alert for what stops, else none`)
      t.strictSame(found.pause ? [found.pause.scope] : [], wanted, `${row.code}: the table says so, too`)
      t.equal(found.action === 'wait', row.again !== 'no', `${row.code}: the table says so, too`)
      if (row.state === 'sent') continue
      const error = { code: row.code, message: `(#${row.code}) As Meta says`, details: `Details of ${row.code}` }
      t.strictSame(seen?.error, error, `${row.code}: Meta's own words are kept`)
    }

    await send(bench, rows, 'second')
    const isStopped = ({ stops, code }: Row): boolean => stops !== 'nothing' || holding.has(code)
    await reach(bench, rows, 'second', (row, seen) => isStopped(row) || seen.state === 'sent')
    const second = await look(bench)
    for (const row of rows) {
      t.equal(second.get(row.second)?.state, isStopped(row) ? 'queued' : 'sent', `${row.code}: a message that follows`)
    }
    const posted = new Set(graph.posts.map(({ messageId }) => messageId))
    const retriedInto = rows.filter((row) => isStopped(row) && posted.has(row.second)).map(({ code }) => code)
    t.strictSame(retriedInto, [], 'nothing is posted into what has stopped')
  }
)
