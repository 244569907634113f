import { eventually } from '@wag/testkit'
import t from 'tap'
import { bodyOf, message, wamid } from './bodies.ts'
import { type Bench, openBench, openIngest, post, read, settle } from './open.ts'
import { send } from './send.ts'

const reaction = (name: string, target: string, emoji: string | undefined, timestamp = '1750000100') =>
  message(name, { type: 'reaction', timestamp, reaction: { message_id: wamid(target), ...(emoji && { emoji }) } })

async function tell(bench: Bench, ...messages: Record<string, unknown>[]): Promise<void> {
  for (const one of messages) await post(bench, [bodyOf({ messages: [one] })])
  await settle(bench)
}

async function eventsOf(bench: Bench, ...types: string[]) {
  const { events } = await read(bench)
  return events.filter(({ type }) => types.includes(type))
}

t.test('a reaction to a message of either direction tells which, and so does its removal', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const ours = await send(bench, 'ours')
  await ours.record()
  await tell(bench, message('theirs'))
  const theirs = (await read(bench)).messages.find((row) => row.wamid === wamid('theirs'))
  await tell(bench, reaction('r1', 'ours', '👍'), reaction('r2', 'theirs', '🎉'))
  await tell(bench, reaction('r3', 'ours', undefined, '1750000200'))
  t.match(
    (await eventsOf(bench, 'message.reaction')).map(({ data }) => data),
    [
      { messageId: ours.id, wamid: wamid('ours'), direction: 'out', body: '👍' },
      { messageId: theirs?.id, direction: 'in', body: '🎉' },
      { messageId: ours.id, body: '' }
    ]
  )
})

t.test('what refers to a message that is not known yet waits for it, and what is overtaken says nothing', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const edit = { original_message_id: wamid('later'), message: { type: 'text', text: { body: 'new' } } }
  await tell(
    bench,
    reaction('r2', 'later', '❤️', '1750000200'),
    reaction('r1', 'later', '👍', '1750000100'),
    message('e', { type: 'edit', edit }),
    message('v', { type: 'revoke', revoke: { original_message_id: wamid('later') } })
  )
  t.strictSame(await eventsOf(bench, 'message.reaction', 'message.edited', 'message.revoked'), [])
  const parked = await bench.db.selectFrom('inbox').select('result').execute()
  t.ok(parked.every(({ result }) => result?.parked === 1 && result.items === 1))
  await tell(bench, message('later'))
  const later = (await read(bench)).messages.find((row) => row.wamid === wamid('later'))
  const events = await eventsOf(bench, 'message.reaction', 'message.edited', 'message.revoked')
  t.match(
    new Map(events.map(({ type, data }) => [type, data])),
    new Map([
      ['message.reaction', { messageId: later?.id, body: '❤️' }],
      ['message.edited', { messageId: later?.id, body: 'new' }],
      ['message.revoked', { messageId: later?.id }]
    ])
  )
  t.equal(events.length, 3)
  t.match(later?.content, { text: { body: 'text of later' } }, 'what was written first stays')
})

t.test('what refers to a message of ours that has no wamid yet finds it once it has', async (t) => {
  const bench = await openBench(t)
  await openIngest(t, bench)
  const ours = await send(bench, 'ours')
  await tell(bench, reaction('r', 'ours', '👍'))
  await ours.record()
  const [event] = await eventually(async () => {
    const events = await eventsOf(bench, 'message.reaction')
    return events.length > 0 ? events : undefined
  })
  t.match(event, { message_id: ours.id, data: { body: '👍', direction: 'out' } })
})
