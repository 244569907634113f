import t from 'tap'
import {
  type EventType,
  eventTypes,
  isSettled,
  type MessageState,
  messageStates,
  stateOfStatus,
  stateRank
} from '../src/index.ts'

t.test('every state has a place of its own, in the order of the list', async (t) => {
  t.strictSame(
    messageStates.map((state) => stateRank(state)),
    messageStates.map((_state, index) => index)
  )
})

t.test('what proves another state wrong stands above it', async (t) => {
  const proofs: [lower: MessageState, higher: MessageState][] = [
    ['queued', 'sending'],
    ['sending', 'unknown'],
    ['unknown', 'sent'],
    ['unknown', 'failed'],
    ['sent', 'failed'],
    ['failed', 'delivered'],
    ['delivered', 'read'],
    ['read', 'played']
  ]
  for (const [lower, higher] of proofs) t.ok(stateRank(lower) < stateRank(higher), `${lower} yields to ${higher}`)
})

t.test('a message is out of our hands from unknown on, and not before', async (t) => {
  const open = messageStates.filter((state) => !isSettled(state))
  t.strictSame(open, ['received', 'scheduled', 'queued', 'sending'])
})

t.test("only Meta's known words move a state", async (t) => {
  for (const word of ['sent', 'delivered', 'read', 'played', 'failed']) t.equal(stateOfStatus(word), word)
  for (const word of ['', 'deleted', 'warning', 'SENT', 'queued', 'unknown', '__proto__', 'constructor']) {
    t.equal(stateOfStatus(word), undefined, word)
  }
})

t.test('every state that a status can bring has an event', async (t) => {
  const types = new Set<string>(eventTypes)
  for (const word of ['sent', 'delivered', 'read', 'played', 'failed']) {
    const type: EventType = `message.${stateOfStatus(word)}` as EventType
    t.ok(types.has(type), type)
  }
})
