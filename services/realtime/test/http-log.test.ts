import { once } from 'node:events'
import { get } from 'node:http'
import { type EventPage } from '@wag/contracts'
import { appendEvents } from '@wag/db'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { connectSocket, createStage, type Stage, startNode, tenantId } from './stage.ts'

async function page(url: string, { key }: Stage, query: string): Promise<{ status: number; body: EventPage }> {
  const answer = await fetch(`${url}/v1/events?${query}`, { headers: { authorization: `Bearer ${key}` } })
  return { status: answer.status, body: (await answer.json()) as EventPage }
}

t.test('the log is read in pages, filtered, and waited for', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  await stage.append(Array.from({ length: 30 }, (_, index) => ({ data: { contactId: index % 2 } })))
  const first = await page(url, stage, 'after=0&limit=20')
  t.match(first, { status: 200, body: { next: 20, newest: 30 } })
  t.equal(first.body.events.length, 20)
  const rest = await page(url, stage, `after=${first.body.next}`)
  t.same(
    rest.body.events.map(({ seq }) => seq),
    [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
  )
  const odd = await page(url, stage, 'after=0&contact=1&types=message.received')
  t.equal(odd.body.events.length, 15)
  t.same((await page(url, stage, 'after=30')).body, { events: [], next: 30, newest: 30 })

  const waiting = page(url, stage, 'after=30&wait=20')
  await new Promise((resolve) => setTimeout(resolve, 100))
  await stage.append([{ type: 'message.sent' }])
  t.match((await waiting).body, { events: [{ seq: 31, type: 'message.sent' }], next: 31 })
  const began = Date.now()
  t.same((await page(url, stage, 'after=31&wait=1')).body.events, [])
  t.ok(Date.now() - began >= 990)

  for (const bad of ['after=-1', 'after=99', 'after=x', 'types=nonsense', 'unknown=1', 'contact=a']) {
    t.equal((await page(url, stage, bad)).status, 400, bad)
  }
  t.equal((await fetch(`${url}/v1/events`)).status, 401)
})

t.test('a stream goes on from Last-Event-ID', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  await stage.append([{}, { type: 'message.sent' }, {}])
  const headers = { authorization: `Bearer ${stage.key}`, accept: 'text/event-stream', 'last-event-id': '1' }
  const request = get(`${url}/v1/events`, { headers })
  t.teardown(() => request.destroy())
  const [response] = await once(request, 'response')
  t.match(response.headers['content-type'], /^text\/event-stream/)
  let text = ''
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  response.on('error', () => undefined)
  await stage.append([{ type: 'message.read' }])
  await eventually(() => text.includes('id: 4\n'))
  t.match(text, /^id: 1\n\n/, 'a browser knows at once where to go on from')
  t.same(
    [...text.matchAll(/^id: (\d+)\nevent: (\S+)$/gm)].map(([, id, type]) => `${id} ${type}`),
    ['2 message.sent', '3 message.received', '4 message.read']
  )
})

t.test('an event that a transaction commits late is skipped by nobody', async (t) => {
  const stage = await createStage(t)
  const { url } = await startNode(t, stage)
  const socket = await connectSocket(t, url, { token: stage.key })
  const seqs: number[] = []
  socket.on('event', ({ seq }: { seq: number }) => seqs.push(seq))
  await socket.emitWithAck('subscribe', { tenant: true })

  const opened = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const late = stage.db.transaction().execute(async (trx) => {
    await appendEvents(trx, [{ tenantId, type: 'message.sent', data: {} }])
    opened.resolve()
    await mayCommit.promise
  })
  await opened.promise
  // A second writer has to wait for the first: it cannot take a higher number and commit before it.
  const second = stage.append([{ type: 'message.read' }])
  const read = await page(url, stage, 'after=0')
  t.same(read.body, { events: [], next: 0, newest: 0 })
  mayCommit.resolve()
  await late
  t.equal(await second, 2)
  await eventually(() => seqs.length === 2)
  t.same(seqs, [1, 2])
})
