import t from 'tap'
import { eventually, freePort } from '../src/index.ts'

t.test('waits for the first true result', async (t) => {
  let calls = 0
  t.equal(
    await eventually(() => (++calls < 3 ? undefined : calls), {
      intervalMs: 1
    }),
    3
  )
})

t.test('an error counts as not yet', async (t) => {
  let calls = 0
  const check = async () => {
    if (++calls < 3) throw new Error('not yet')
    return 'done'
  }
  t.equal(await eventually(check, { intervalMs: 1 }), 'done')
})

t.test('when the time is up it tells what was still wrong', async (t) => {
  const fails = () => {
    throw new Error('the row is missing')
  }
  await t.rejects(eventually(fails, { timeoutMs: 30, intervalMs: 5 }), {
    message: 'the row is missing'
  })
  await t.rejects(
    eventually(() => 0, { timeoutMs: 30, intervalMs: 5 }),
    { message: 'still 0 after 30 ms' }
  )
})

t.test('free ports differ and can be listened on', async (t) => {
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  t.equal(new Set(ports).size, 3)
})
