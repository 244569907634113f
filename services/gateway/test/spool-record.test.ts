import { createId, defaultTenantId } from '@wag/contracts'
import t from 'tap'
import { damagedWebhook, decodeSegment, encodeRecord, type SpooledWebhook } from '../src/spool/record.ts'

const bodies = ['{"entry":[]}', '', 'é 🙂 \u0000', 'x'.repeat(70_000), 'WAGR in the middle WAGR'].map((text) =>
  Buffer.from(text)
)
const webhooks = bodies.map((body) => webhook(body))
const whole = Buffer.concat(webhooks.map(encodeRecord))

function webhook(body: Buffer): SpooledWebhook {
  return { id: createId(), tenantId: defaultTenantId, receivedAt: new Date(1_760_000_000_123), body }
}

/** Byte for byte, since Buffers of one slab are not deeply equal to others. */
function shown(found: SpooledWebhook[]) {
  return found.map(({ body, ...rest }) => ({ ...rest, body: body.toString('latin1') }))
}

t.test('what was written is read: ids, times and bytes, in order', async (t) => {
  const { webhooks: found, damaged } = decodeSegment(whole)
  t.strictSame(shown(found), shown(webhooks))
  t.strictSame(damaged, [])
})

t.test('wherever a crash cuts a segment off, the records before the cut are read and nothing else', async (t) => {
  const ends = webhooks.map((_, index) => Buffer.concat(webhooks.slice(0, index + 1).map(encodeRecord)).length)
  const cuts = [0, 1, 15, 16, 17, 55, 56, ...ends.flatMap((end) => [end - 1, end, end + 1, end + 16])]
  for (const cut of cuts.filter((length) => length < whole.length)) {
    const complete = ends.filter((end) => end <= cut).length
    const torn = whole.subarray(0, cut)
    for (const segment of [torn, Buffer.concat([torn.subarray(0, ends[complete - 1] ?? 0), Buffer.alloc(4_096)])]) {
      const { webhooks: found, damaged } = decodeSegment(segment)
      t.strictSame(shown(found), shown(webhooks.slice(0, complete)), `cut at ${cut}`)
      t.strictSame(damaged, [], `cut at ${cut}`)
    }
  }
})

t.test('one changed byte anywhere costs one record, which is kept as it is, and none after it', async (t) => {
  const small = webhooks.filter(({ body }) => body.length < 1_000)
  const segment = Buffer.concat(small.map(encodeRecord))
  for (let at = 0; at < segment.length; at++) {
    const changed = Buffer.from(segment)
    changed.writeUInt8(changed.readUInt8(at) ^ 0x40, at)
    const { webhooks: found, damaged } = decodeSegment(changed)
    const missing = small.filter(({ id }) => !found.some((one) => one.id === id))
    t.equal(found.length, small.length - 1, `byte ${at}`)
    t.equal(damaged.length, 1, `byte ${at}`)
    t.strictSame(shown(found), shown(small.filter((one) => !missing.includes(one))))
  }
})

t.test('any bytes at all are read without an error', async (t) => {
  for (let round = 0; round < 200; round++) {
    const noise = Buffer.from(
      Array.from({ length: round * 7 }, (_, index) => (index * 2_654_435_761 * (round + 1)) >>> 24)
    )
    const { webhooks: found } = decodeSegment(Buffer.concat([noise, encodeRecord(webhook(Buffer.from('last')))]))
    t.equal(found.at(-1)?.body.toString(), 'last')
  }
})

t.test('a damaged piece has the same id whenever it is read, and one of its own', async (t) => {
  const segment = createId()
  const ids = [0, 1, 0].map((at) => damagedWebhook(segment, at, Buffer.alloc(0), defaultTenantId).id)
  t.equal(ids[0], ids[2])
  t.not(ids[0], ids[1])
  t.equal(ids[0]?.slice(0, 15), segment.slice(0, 15), 'of the same time')
})
