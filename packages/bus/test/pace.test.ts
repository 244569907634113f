import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, startTestRedis, type TestContext } from '@wag/testkit'
import t from 'tap'
import {
  type Grant,
  openPace,
  type Pace,
  type PaceOptions,
  readThrottles,
  type Slot,
  type TakeRequest
} from '../src/index.ts'
import { ignore, openRedis, phoneNumberId } from './open.ts'

type Where = { url: string; prefix: string }

/** The pace as one more process sees it. */
async function open(t: TestContext, { url, prefix }: Where, pair?: PaceOptions['pair']): Promise<Pace> {
  const redis = await openRedis(t, url)
  return openPace({ redis, prefix, onError: ignore, ...(pair && { pair }) })
}

async function openServer(t: TestContext) {
  const server = await startTestRedis(t)
  return { server, where: { url: server.url, prefix: 'test' } }
}

function request(changes: Partial<TakeRequest> = {}): TakeRequest {
  return { phoneNumberId, rate: 200, free: 0, unused: [], busyMs: 0, pairs: [], ...changes }
}

const momentsOf = ({ slots }: Grant): number[] => slots.map(({ at }) => at)
const pairOf = (contactId: number, reserved = false) => ({ contactId, reserved })

/** Takes slots as a sender does that always has more to send, for so long. */
async function takeFor(pace: Pace, ms: number, rate: number): Promise<number[]> {
  const slots: number[] = []
  for (const endAt = performance.now() + ms; performance.now() < endAt; ) {
    const grant = await pace.take(request({ rate, free: 5 }))
    slots.push(...momentsOf(grant))
    await sleep(grant.againMs)
  }
  return slots
}

/** The most slots in any second. */
function busiest(slots: number[]): number {
  const sorted = slots.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((from) => sorted.filter((slot) => slot >= from && slot < from + 1_000).length))
}

t.test('two processes share one pace: no second holds more than 102 %, and none is idle', async (t) => {
  const { where } = await openServer(t)
  const [one, two] = [await open(t, where), await open(t, where)]
  const slots = (await Promise.all([takeFor(one, 3_000, 200), takeFor(two, 3_000, 200)])).flat().sort((a, b) => a - b)
  t.ok(busiest(slots) <= 204, `${busiest(slots)} in a second`)
  const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? slot))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  t.ok(mean >= 5, `${mean.toFixed(2)} ms apart: never more than the rate`)
})

t.test('slots that were wanted and not used are made up for, and still no second is too full', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where)
  const slots: Slot[] = []
  const take = async (unused: Slot[]): Promise<void> => {
    const grant = await pace.take(request({ free: 3, unused, busyMs: 2_000 }))
    slots.push(...grant.slots)
    await sleep(Math.min(grant.againMs, 6))
  }
  for (const endAt = performance.now() + 1_200; performance.now() < endAt; ) await take([])
  await sleep(200)
  const lost = slots.splice(-10)
  const since = performance.now()
  for (let round = 0; round < 200; round++) await take(round === 0 ? lost : [])
  const moments = slots.map(({ at }) => at)
  t.ok(busiest(moments) <= 204, `${busiest(moments)} in a second`)
  const next = moments.filter((at) => at > since && at < since + 600)
  t.ok(next.length > 122, `${next.length} in the 600 ms that follow, where 118 are usual`)
})

t.test('what one process gives back, another one gets, and still no second is too full', async (t) => {
  const { where } = await openServer(t)
  const [steady, stalling] = [await open(t, where), await open(t, where)]
  const used: number[] = []
  const go = async (pace: Pace, loses: (round: number) => boolean): Promise<void> => {
    let unused: Slot[] = []
    for (let round = 0, endAt = performance.now() + 4_000; performance.now() < endAt; round++) {
      const grant = await pace.take(request({ free: 5, unused, busyMs: 2_000 }))
      const isLost = loses(round)
      unused = isLost ? grant.slots : []
      if (!isLost) used.push(...momentsOf(grant))
      await sleep(isLost ? 40 : grant.againMs)
    }
  }
  await Promise.all([go(steady, () => false), go(stalling, (round) => round % 3 > 0)])
  t.ok(busiest(used) <= 204, `${busiest(used)} in a second`)
  t.ok(used.length > 700, `${used.length} in four seconds`)
})

t.test('a number that had nothing to send begins at its pace, and not in a burst', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where)
  await pace.take(request({ free: 1 }))
  await sleep(300)
  const { slots } = await pace.take(request({ free: 50 }))
  t.ok(slots.length <= 10, `${slots.length} slots at once`)
})

t.test('a recipient gets its burst, and then nothing until it is paid for; others wait for nothing', async (t) => {
  const { where } = await openServer(t)
  const pair = { intervalMs: 1_000, burst: 5 }
  const [one, two] = [await open(t, where, pair), await open(t, where, pair)]
  const first = await one.take(request({ pairs: [1, 1, 1, 2].map((id) => pairOf(id)) }))
  t.strictSame(first.waits, [0, 0, 0, 0])
  const { waits } = await two.take(request({ pairs: [1, 1, 1, 1, 3].map((id) => pairOf(id)) }))
  t.strictSame([waits[0], waits[1], waits[4]], [0, 0, 0], 'the rest of the burst, and somebody else')
  const [third = 0, fourth = 0] = waits.slice(2)
  t.ok(third > 4_500 && third <= 5_250, `${third} ms: five messages of a second each, and a margin`)
  t.ok(fourth - third > 1_200 && fourth - third < 1_300, 'one at a time, with room for one that is late')
  const later = await one.take(request({ pairs: [pairOf(1, true), pairOf(1)] }))
  t.equal(later.waits[0], 0, 'who has a place is not checked again')
  t.ok((later.waits[1] ?? 0) > fourth + 500, 'and stands in front of those who come later')
})

t.test('a burst that is not used up ends all the same, and another one begins when it is paid for', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where, { intervalMs: 1_200, burst: 5 })
  const [one] = (await pace.take(request({ pairs: [pairOf(1)] }))).waits
  t.equal(one, 0)
  await sleep(700)
  const [two = 0] = (await pace.take(request({ pairs: [pairOf(1)] }))).waits
  t.ok(two > 0 && two <= 800, `${two} ms`)
  await sleep(two + 1_510)
  t.strictSame((await pace.take(request({ pairs: [pairOf(1), pairOf(1)] }))).waits, [0, 0])
})

t.test('what is put back takes no slot', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where, { intervalMs: 60_000, burst: 1 })
  await pace.take(request({ pairs: [pairOf(1)] }))
  const { slots } = await pace.take(request({ pairs: [pairOf(1), pairOf(1), pairOf(2)] }))
  t.equal(slots.length, 1)
})

t.test('a recipient that Meta refused is left alone by everybody, also by those who had a place', async (t) => {
  const { where } = await openServer(t)
  const pair = { intervalMs: 1_000, burst: 5 }
  const [one, two] = [await open(t, where, pair), await open(t, where, pair)]
  await one.refuse(phoneNumberId, 1, 4_000)
  const { waits } = await two.take(request({ pairs: [pairOf(1, true), pairOf(1), pairOf(2)] }))
  t.ok((waits[0] ?? 0) > 3_500, String(waits))
  t.ok((waits[1] ?? 0) - (waits[0] ?? 0) > 990, 'one by one, not all when the time is over')
  t.equal(waits[2], 0)
})

t.test('a number that is held is held for everybody, and no place is taken meanwhile', async (t) => {
  const { where } = await openServer(t)
  const pair = { intervalMs: 60_000, burst: 1 }
  const [one, two] = [await open(t, where, pair), await open(t, where, pair)]
  await one.hold([phoneNumberId, 'other'], 300)
  const held = await two.take(request({ pairs: [pairOf(1)] }))
  t.ok(held.holdMs > 200 && held.holdMs <= 300)
  t.strictSame([held.slots, held.waits], [[], []])
  t.ok((await two.take(request({ phoneNumberId: 'other', free: 1 }))).holdMs > 0)
  t.equal((await two.take(request({ phoneNumberId: 'third', free: 1 }))).slots.length, 1)
  await eventually(async () => (await two.take(request({ pairs: [pairOf(1)] }))).slots.length === 1)
})

t.test('a rate that gave way is lower, falls once a second, and grows back', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where)
  const interval = async () => {
    const { slots } = await pace.take(request({ rate: 1_000, free: 20 }))
    return ((slots.at(-1)?.at ?? 0) - (slots[0]?.at ?? 0)) / (slots.length - 1)
  }
  const usual = await interval()
  await Promise.all(Array.from({ length: 20 }, () => pace.slow(phoneNumberId, 0.5, 0)))
  await sleep(50)
  const slow = await interval()
  t.ok(slow > usual * 1.8 && slow < usual * 2.1, `${usual.toFixed(2)} → ${slow.toFixed(2)} ms`)
  await sleep(2_000)
  t.ok((await interval()) < slow * 0.98, 'a little faster already')
})

t.test('how far numbers give way can be read', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where)
  const redis = await openRedis(t, where.url)
  const look = () => readThrottles({ redis, prefix: where.prefix }, ['1', '2', '3'])
  await pace.take(request({ phoneNumberId: '3', free: 1 }))
  t.strictSame(await look(), new Map())
  await pace.slow('1', 0.5, 0)
  await pace.hold(['2'], 60_000)
  const found = await look()
  t.strictSame([...found.keys()], ['1', '2'])
  const [slowed, held] = [found.get('1'), found.get('2')]
  t.ok(slowed && slowed.heldMs === 0 && slowed.share >= 0.5 && slowed.share < 0.7, JSON.stringify(slowed))
  t.ok(held && held.heldMs > 30_000 && held.heldMs <= 60_000 && held.share === 1, JSON.stringify(held))
})

t.test('after a Redis that lost everything slots go on where they were', async (t) => {
  const { where } = await openServer(t)
  const redis = await openRedis(t, where.url)
  const pace = await open(t, where)
  const before = await pace.take(request({ rate: 100, free: 3 }))
  await redis.flushall()
  let next: number | undefined
  await eventually(async () => {
    next = (await pace.take(request({ rate: 100, free: 1, busyMs: 10_000 }))).slots[0]?.at
    return next !== undefined
  })
  const gap = (next ?? 0) - (before.slots.at(-1)?.at ?? 0)
  t.ok(gap > 9, `${gap.toFixed(1)} ms`)
})

t.test('messages that come in count too', async (t) => {
  const { where } = await openServer(t)
  const pace = await open(t, where)
  const [first = 0] = momentsOf(await pace.take(request({ rate: 100, free: 1 })))
  await pace.debit(phoneNumberId, 10)
  await pace.debit('unheard', 10)
  let next: number | undefined
  await eventually(async () => {
    next = (await pace.take(request({ rate: 100, free: 1 }))).slots[0]?.at
    return next !== undefined
  })
  t.ok((next ?? 0) - first > 105, `${((next ?? 0) - first).toFixed(1)} ms`)
})

t.test('without Redis a process keeps to a quarter of the rate, and to what it knows of recipients', async (t) => {
  const { server, where } = await openServer(t)
  const pace = await open(t, where, { intervalMs: 60_000, burst: 2 })
  const before = await pace.take(request({ free: 1 }))
  server.kill()
  await server.exited
  const { slots } = await pace.take(request({ free: 6 }))
  t.equal(slots.length, 6)
  t.ok((slots[0]?.at ?? 0) >= (before.slots[0]?.at ?? 0))
  t.ok((slots.at(-1)?.at ?? 0) - (slots[0]?.at ?? 0) >= 99, 'a fiftieth of a second each, of a rate of 200')
  const { waits } = await pace.take(request({ pairs: [pairOf(1), pairOf(1), pairOf(1)] }))
  t.ok(waits[0] === 0 && waits[1] === 0 && (waits[2] ?? 0) > 50_000, String(waits))
  await pace.hold([phoneNumberId], 5_000)
  t.ok((await pace.take(request({ free: 1 }))).holdMs > 4_000)
})

t.test(
  'no phone number ever reaches Redis, keys of one number lie together, and they go away by themselves',
  async (t) => {
    const { where } = await openServer(t)
    const redis = await openRedis(t, where.url)
    const pace = await open(t, where)
    await pace.take(request({ free: 1, pairs: [pairOf(7)] }))
    await pace.refuse(phoneNumberId, 7, 1_000)
    const keys = await redis.keys('*')
    t.strictSame(keys.sort(), [
      `test:{send-${phoneNumberId}}:pace`,
      `test:{send-${phoneNumberId}}:pair:7`,
      `test:{send-${phoneNumberId}}:window`
    ])
    for (const key of keys) t.ok((await redis.pttl(key)) > 0, key)
  }
)
