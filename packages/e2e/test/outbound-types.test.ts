import { type ApiMessage, type BatchReply } from '@wag/contracts'
import { brokenMessages } from '@wag/contracts/broken-messages'
import { type Body, outboundMessages, withMediaId } from '@wag/contracts/messages'
import { eventually } from '@wag/testkit'
import t, { type Test } from 'tap'
import { type Answer, type System, startSystem } from '../src/index.ts'

type Given = { name: string; body: Body }
type Taken = { total: number; messages: { biz_opaque_callback_data: string; request: Body }[] }
type Problems = { code: string; errors: { pointer: string; detail: string }[] }

const phone = '+491700000001'
const onward = new Set<string>(['sent', 'delivered', 'read'])
// What the gateway keeps to itself, or unpacks.
const ours = new Set(['from', 'media', 'priority', 'on_unknown', 'metadata', 'raw'])

/** What must come to Meta of a message: as it was given, but for what is ours, with our id. */
function expectedOf(body: Body, id: string): Body {
  const fields = Object.entries(body).filter(([field]) => !ours.has(field))
  const raw = body.type === 'raw' ? (body.raw as Body) : {}
  const added = { messaging_product: 'whatsapp', recipient_type: 'individual', type: 'text' }
  return { ...added, ...Object.fromEntries(fields), ...raw, biz_opaque_callback_data: id }
}

/** Every message, with the id of a file that Meta has wherever one names a file by its id. */
async function givenTo({ env }: System): Promise<Given[]> {
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('file', new Blob(['bytes'], { type: 'image/png' }), 'a.png')
  const answer = await fetch(`${env.GRAPH_URL}/v24.0/${env.WHATSAPP_FROM_PHONE_NUMBER_ID}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.WHATSAPP_ACCESS_TOKEN}` },
    body: form,
    signal: AbortSignal.timeout(10_000)
  })
  const { id } = (await answer.json()) as { id: string }
  return Object.entries(outboundMessages).map(([name, message], index) => {
    // The links of samples lead nowhere; uploading them has tests of its own.
    const { media: _media, ...body } = withMediaId(message, id)
    // To a phone each: so many to one of them would have to wait.
    return { name, body: { ...body, ...(body.to === phone && { to: `+491700000${100 + index}` }) } }
  })
}

async function takenBy({ client }: System): Promise<Taken> {
  return (await client.control('messages?limit=1000')) as Taken
}

/** Tests that each was accepted, came to Meta as it was given, and went on from there. */
async function testArrival(t: Test, system: System, given: Given[], ids: (string | undefined)[]): Promise<void> {
  for (const [index, { name }] of given.entries()) {
    const status = await eventually(async () => {
      const { status, error } = (await system.client.get(`/v1/messages/${ids[index]}`)).body as ApiMessage
      if (status === 'failed') return `failed: ${JSON.stringify(error)}`
      if (!onward.has(status)) throw new Error(`${name} is ${status}`)
      return status
    })
    t.ok(onward.has(status), `${name} is ${status}`)
  }
  const { total, messages } = await takenBy(system)
  t.equal(total, given.length, 'nothing else came to Meta')
  const requests = new Map(messages.map((message) => [message.biz_opaque_callback_data, message.request]))
  for (const [index, { name, body }] of given.entries()) {
    const id = ids[index] ?? ''
    t.strictSame(requests.get(id), expectedOf(body, id), `${name} came as it was given`)
  }
}

/** Posts a message until it is decided: under the same key it is accepted once, however often the ledger was too slow. */
function post({ client }: System, { body }: Given, key: string): Promise<Answer> {
  return eventually(async () => {
    const answer = await client.post('/v1/messages', body, { 'idempotency-key': key })
    if (answer.status === 503) throw new Error(answer.text)
    return answer
  })
}

const system = await startSystem(t, { without: ['realtime'] })

t.test('every type goes out as it was given', async (t) => {
  await system.client.control('reset', {})
  const given = await givenTo(system)
  const answers = await Promise.all(given.map((each, index) => post(system, each, `type ${index}`)))
  for (const { status, text } of answers) t.ok(status === 200 || status === 202, text)
  await testArrival(
    t,
    system,
    given,
    answers.map(({ body }) => (body as ApiMessage).id)
  )
})

t.test(`of ${brokenMessages.length} messages with a mistake each none goes out, and all are explained`, async (t) => {
  t.ok(brokenMessages.length >= 100)
  const before = await counts()
  for (const { name, body, pointer, rule } of brokenMessages) {
    const { status, headers, body: answer } = await system.client.post('/v1/messages', body)
    const { code, errors } = answer as Problems
    t.strictSame([status, code, errors[0]?.pointer], [400, 'invalid_message', pointer], name)
    t.ok(errors[0]?.detail.includes(rule), `${rule}: ${errors[0]?.detail}`)
    t.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  }
  t.strictSame(await counts(), before, 'neither the ledger nor Meta has one more')
})

async function counts(): Promise<{ kept: number; taken: number }> {
  const kept = await system.db.selectFrom('messages').select('id').execute()
  return { kept: kept.length, taken: (await takenBy(system)).total }
}

t.test('a batch takes what is right and refuses the rest, each at its place', async (t) => {
  await system.client.control('reset', {})
  const given = await givenTo(system)
  // Three mistakes after each that is right.
  const places = given.map((_, index) => index * 4)
  const broken = [...brokenMessages]
  const entries = given.flatMap(({ body }) => [{ body, pointer: '' }, ...broken.splice(0, 3)])
  entries.push(...broken)
  const answer = await system.client.post('/v1/messages/batch', { messages: entries.map(({ body }) => body) })
  t.equal(answer.status, 202)
  const { results } = answer.body as BatchReply
  for (const [index, { pointer }] of entries.entries()) {
    const result = results[index]
    if (places.includes(index)) t.match(result, { index, status: 'queued' })
    else t.match(result, { index, error: { code: 'invalid_message', errors: [{ pointer }] } })
  }
  await testArrival(
    t,
    system,
    given,
    places.map((place) => results[place]?.id)
  )
})
