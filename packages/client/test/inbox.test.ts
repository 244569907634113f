import t from 'tap'
import { createInbox } from '../src/inbox.ts'
import { type Event } from '../src/index.ts'

const event = (seq: number): Event => ({ seq, type: 'message.read', at: '2026-11-22T12:00:00.000Z', data: {} })

function createScene({ after, bufferedMax = 100 }: { after?: number; bufferedMax?: number } = {}) {
  const seqs: number[] = []
  const told: string[] = []
  const waiting: (() => void)[] = []
  let isHeld = false
  const inbox = createInbox({
    after,
    bufferedMax,
    onEvent({ seq }) {
      seqs.push(seq)
      return isHeld ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined
    },
    onReload: ({ newest }) => told.push(`reload ${newest}`),
    onStuck: (error) => told.push(`stuck ${error?.code}`),
    onDisorder: ({ code }) => told.push(code)
  })
  inbox.open()
  return {
    inbox,
    seqs,
    told,
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      for (const resolve of waiting) resolve()
    }
  }
}

t.test('what a new connection brings again is dropped without a word', async (t) => {
  const { inbox, seqs, told } = createScene({ after: 2 })
  for (const seq of [1, 2, 3, 4]) inbox.addEvent(event(seq))
  inbox.open()
  for (const seq of [3, 4, 5]) inbox.addEvent(event(seq))
  await inbox.idle()
  t.same(seqs, [3, 4, 5])
  t.same(told, [])
  t.equal(inbox.cursor(), 5)
})

t.test('an event that comes twice or too late on one connection is dropped and told', async (t) => {
  const { inbox, seqs, told } = createScene()
  for (const seq of [1, 3, 3, 2, 4]) inbox.addEvent(event(seq))
  await inbox.idle()
  t.same(seqs, [1, 3, 4])
  t.same(told, ['order', 'order'])
})

t.test('after one event too many nothing is taken, so that nothing is skipped', async (t) => {
  const { inbox, seqs, told, hold, release } = createScene({ bufferedMax: 3 })
  hold()
  for (const seq of [1, 2, 3, 4]) inbox.addEvent(event(seq))
  release()
  await inbox.idle()
  inbox.addEvent(event(5))
  inbox.mark(9)
  inbox.addReload({ oldest: 1, newest: 9 })
  await inbox.idle()
  t.same(seqs, [1, 2, 3])
  t.same(told, ['stuck undefined'])
  t.equal(inbox.received(), 3, 'a new connection begins there')
})

t.test('what is added in the turn in which nothing was left is handled', async (t) => {
  const { inbox, seqs } = createScene()
  for (let seq = 1; seq <= 50; seq++) {
    inbox.addEvent(event(seq))
    for (let turn = 0; turn < seq % 5; turn++) await Promise.resolve()
  }
  await inbox.idle()
  t.equal(seqs.length, 50)
  t.equal(inbox.cursor(), 50)
})

t.test('a mark never leads back, a reload may', async (t) => {
  const { inbox, seqs, told } = createScene({ after: 50 })
  inbox.mark(40)
  t.equal(inbox.cursor(), 50)
  inbox.addReload({ oldest: 1, newest: 10 })
  inbox.addEvent(event(11))
  await inbox.idle()
  t.same(seqs, [11])
  t.same(told, ['reload 10'])
  t.equal(inbox.cursor(), 11)
})
