import { randomBytes } from 'node:crypto'
import { type MessageState } from '@wag/contracts'
import { findMediaUpload, saveMediaUpload } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { type Answer, accept as acceptPost, json, refuse, startGraph } from './graph.ts'
import { accept, openBench, openSender, phoneNumberId, rowOf, settle, tenantId } from './open.ts'

const elsewhere: string[] = []

const outcomes: Record<string, { answer: Answer; state: MessageState; error?: RegExp }> = {
  'taken by Meta': { answer: acceptPost, state: 'sent' },
  'refused for its recipient': {
    answer: refuse(400, 131026, 'Undeliverable'),
    state: 'failed',
    error: /Undeliverable/
  },
  'refused with a code nobody knows': { answer: refuse(400, 999_999, 'New'), state: 'failed', error: /New/ },
  'a fault of Meta’s with its code': { answer: refuse(500, 131000), state: 'unknown' },
  'a fault in front of Meta': { answer: (response) => response.writeHead(502).end('<html>'), state: 'unknown' },
  'success in HTML': { answer: (response) => response.end('<html>'), state: 'unknown' },
  'success without a message': { answer: (response) => json(response, 200, { messages: [] }), state: 'unknown' },
  'half an answer': {
    answer: (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"messages":')
      setImmediate(() => response.destroy())
    },
    state: 'unknown'
  },
  'the connection cut': { answer: (response) => response.destroy(), state: 'unknown' },
  'no answer in time': { answer: () => undefined, state: 'unknown', error: /timed out/ },
  'a redirect': {
    answer: (response) => response.writeHead(307, { location: `${elsewhere[0]}/v24.0/x/messages` }).end(),
    state: 'failed'
  }
}

t.test('every ending of a POST has its state, and none is repeated', async (t) => {
  const other = await startGraph(t)
  elsewhere[0] = other.url
  const graph = await startGraph(t, (response, post) => outcomes[post.body]?.answer(response, post))
  const bench = await openBench(t, { GRAPH_URL: graph.url, GRAPH_TIMEOUT_MS: 700 })
  const names = Object.keys(outcomes)
  const ids = await accept(bench, names)
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent', 'failed', 'unknown'])
  for (const [index, name] of names.entries()) {
    const row = await rowOf(bench, ids[index] ?? '')
    const wanted = outcomes[name]
    t.equal(row.state, wanted?.state, name)
    t.equal(row.wamid, row.state === 'sent' ? `wamid.${row.id}` : null, name)
    if (wanted?.error) t.match(row.error?.message, wanted.error)
    t.equal(row.error === null, row.state === 'sent', `${name}: tells why`)
    t.notMatch(JSON.stringify(row.error), 'EAAGtoken')
  }
  t.equal(graph.posts.length, names.length)
  t.strictSame(graph.doubled(), [])
  t.strictSame(other.posts, [], 'what was meant for Meta goes nowhere else')
})

t.test('a POST carries the token, our id, and the number’s own address', async (t) => {
  const graph = await startGraph(t)
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const [id = ''] = await accept(bench, ['Hello'])
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['sent'])
  t.match(graph.posts, [
    {
      messageId: id,
      body: 'Hello',
      url: `/v24.0/${phoneNumberId}/messages`,
      headers: { authorization: 'Bearer EAAGtoken' }
    }
  ])
})

t.test('what Meta throttles is sent later, once', async (t) => {
  let refusals = 0
  const graph = await startGraph(t, (response, post) => {
    const answer = refusals++ < 2 ? refuse(429, 130429, 'Rate limit hit') : acceptPost
    answer(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const ids = await accept(bench, ['a', 'b'])
  await openSender(t, bench)
  await bench.ring()
  await eventually(() => graph.posts.length === 2)
  await settle(bench, ['sent'])
  t.equal(graph.posts.length, 4, 'refused and sent')
  for (const id of ids) t.match(await rowOf(bench, id), { state: 'sent', attempts: 2, error: null })
})

t.test('what never reached Meta is sent when Meta is there', async (t) => {
  const gone = await startGraph(t)
  await gone.close()
  const bench = await openBench(t, { GRAPH_URL: gone.url })
  const ids = await accept(bench, ['a', 'b', 'c'])
  await openSender(t, bench)
  await bench.ring()
  await eventually(async () => (await rowOf(bench, ids[0] ?? '')).attempts > 0)
  const graph = await startGraph(t, acceptPost, gone.port)
  await settle(bench, ['sent'], 15_000)
  t.equal(graph.posts.length, 3)
  t.strictSame(graph.doubled(), [])
})

t.test('an upload that Meta may not have any more is forgotten when its message is refused', async (t) => {
  const graph = await startGraph(t, (response, post) => {
    if (post.body === '') refuse(400, 131009, 'Media not found')(response, post)
    else refuse(400, 131026)(response, post)
  })
  const bench = await openBench(t, { GRAPH_URL: graph.url })
  const content = { tenantId, phoneNumberId, sha256: randomBytes(32), mimeType: 'image/png' }
  await saveMediaUpload(bench.db, content, '1001')
  await accept(bench, ['refused for something else'])
  await openSender(t, bench)
  await bench.ring()
  await settle(bench, ['failed'])
  t.match(await findMediaUpload(bench.db, content, new Date()), { mediaId: '1001' })
  await accept(bench, [''], { content: { type: 'image', image: { id: '1001' } } })
  await bench.ring()
  await eventually(async () => (await findMediaUpload(bench.db, content, new Date())) === undefined)
})
