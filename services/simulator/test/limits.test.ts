import t from 'tap'
import { createLimits } from '../src/limits.ts'
import { startSimulator, text } from './start.ts'

const phone = '491712345678'
const code = (send: () => void): number => {
  try {
    send()
    return 200
  } catch (error) {
    return Number(Object(error).code)
  }
}

t.test('no second, wherever it begins, holds more than the rate, in and out together', async (t) => {
  const limits = createLimits()
  const send = (now: number) => code(() => limits.send('1', phone, { rate: 4, pair: false }, now))
  t.strictSame([0, 300, 600].map(send), [200, 200, 200])
  limits.receive('1', 900)
  t.strictSame([950, 999].map(send), [130429, 130429], 'what is refused does not count')
  t.strictSame([1000, 1001].map(send), [200, 130429], 'the first has left the second, the others have not')
  t.equal(
    code(() => limits.send('2', phone, { rate: 4, pair: false }, 950)),
    200,
    'another number'
  )
  t.strictSame(limits.largestSeconds(), { '1': { asked: 6, counted: 4 }, '2': { asked: 1, counted: 1 } })
})

t.test('one message per 6 s goes on for ever', async (t) => {
  const limits = createLimits()
  for (let n = 0; n < 100; n++) {
    t.equal(
      code(() => limits.send('1', phone, { rate: null, pair: true }, n * 6000)),
      200
    )
  }
})

t.test('45 go at once, and are paid for before the next', async (t) => {
  const limits = createLimits()
  const send = (now: number) => code(() => limits.send('1', phone, { rate: null, pair: true }, now))
  for (let n = 0; n < 45; n++) t.equal(send(n * 100), 200)
  t.strictSame([4500, 6000, 100_000, 269_999].map(send), [131056, 131056, 131056, 131056])
  t.equal(send(270_000), 200)
})

t.test('a burst of 20 costs two minutes, although 25 more were allowed', async (t) => {
  const limits = createLimits()
  const send = (now: number) => code(() => limits.send('1', phone, { rate: null, pair: true }, now))
  for (let n = 0; n < 20; n++) t.equal(send(n), 200)
  t.strictSame([5_999, 6_000, 119_999, 125_999].map(send), [200, 131056, 131056, 131056])
  t.equal(send(126_000), 200)
  t.equal(
    code(() => limits.send('1', '491700000000', { rate: null, pair: true }, 7_000)),
    200,
    'another phone'
  )
})

t.test('the report tells of the limits, and forgets with a reset', async (t) => {
  const { send, control } = await startSimulator(t)
  await control('POST', 'settings', { pair_limit: true, number_rate: 50, statuses: false })
  for (let n = 0; n < 46; n++) await send(text)
  for (let n = 0; n < 40; n++) await send({ ...text, to: `+4917123${10_000 + n}` })
  const { body } = await control('GET', 'stats')
  t.equal(body.refused['131056'], 1)
  t.equal(body.accepted + body.refused['131056'] + (body.refused['130429'] ?? 0), 86)
  const [largest] = Object.values<{ asked: number; counted: number }>(body.largest_second)
  t.ok(largest && largest.counted <= 50 && largest.asked >= largest.counted, JSON.stringify(largest))
  await control('POST', 'reset', {})
  t.strictSame((await control('GET', 'stats')).body.largest_second, {})
})
