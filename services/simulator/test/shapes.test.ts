import { brokenContents } from '@wag/contracts/broken-messages'
import { outboundMessages, withMediaId } from '@wag/contracts/messages'
import t from 'tap'
import { itemsOf, startSimulator } from './start.ts'

/** Mistakes that Meta does not mind as far as is known, and those of a raw message, which Meta never sees as such. */
const stricterThanMeta = [/^raw:/, /surrogate/, /U\+0000/, /2048 characters/, /emails\/0\/email/, /urls\/0\/url/]

// What is ours the gateway takes out, and a raw message it unpacks.
const ours = new Set(['from', 'media', 'priority', 'on_unknown', 'metadata', 'raw'])

function bodyOf(message: Record<string, unknown>): object {
  const fields = Object.entries(message).filter(([field]) => !ours.has(field))
  return { ...Object.fromEntries(fields), ...(typeof message.raw === 'object' && message.raw) }
}

async function startWithMedia(t: Parameters<typeof startSimulator>[0]) {
  const simulator = await startSimulator(t)
  await simulator.control('POST', 'messages', { from: '491700000001', type: 'image' })
  await simulator.flush()
  const [message] = itemsOf(simulator.hooks, 'messages')
  const { id } = (message?.image ?? {}) as { id: string }
  return { ...simulator, sendAs: (body: Record<string, unknown>) => simulator.send(withMediaId(bodyOf(body), id)) }
}

t.test('every type and kind of message is taken', async (t) => {
  const { sendAs } = await startWithMedia(t)
  for (const [name, message] of Object.entries(outboundMessages)) {
    const { status, text } = await sendAs(message)
    t.equal(status, 200, `${name}: ${text}`)
  }
})

t.test('a mistake in what Meta defines is refused', async (t) => {
  const { sendAs, control } = await startWithMedia(t)
  for (const { name, body } of brokenContents) {
    if (stricterThanMeta.some((pattern) => pattern.test(name))) continue
    const { status, body: answer } = await sendAs(body)
    t.ok(status === 400 || status === 404, name)
    t.match(answer.error, { type: 'OAuthException', code: Number, message: /\w/ }, name)
  }
  t.match((await control('GET', 'stats')).body, { accepted: 0 })
})

t.test('media that were never uploaded are refused wherever they stand', async (t) => {
  const { send } = await startSimulator(t)
  for (const name of [
    'image by id',
    'cta_url',
    'carousel of replies',
    'template with a video',
    'template with a carousel'
  ]) {
    const { body } = await send(bodyOf(outboundMessages[name] ?? {}))
    t.match(body.error, { code: 131009, error_data: { details: /^Media ID in / } }, name)
  }
})
