import { setTimeout as sleep } from 'node:timers/promises'
import { type MessageState } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import { type System } from './system.ts'

/** What a load of sends came to, as its caller saw it. */
export type Sends = { accepted: number; refused: number }

/** How long a caller goes on with one send, and waits before it repeats it, in milliseconds. */
const patienceMs = 30_000
const repeatMs = 200

/**
 * Sends `count` template messages, each to a number of its own, `atOnce` at a time. What has no answer, or one of 503, is
 * repeated under the same key, as callers are told to. `onAnswered` is called with how many have been answered.
 */
export async function sendMany(
  { client }: System,
  count: number,
  atOnce: number,
  onAnswered: (answered: number) => void = () => {}
): Promise<Sends> {
  const sends: Sends = { accepted: 0, refused: 0 }
  let next = 0
  let answered = 0
  const sendOnce = async (index: number): Promise<number> => {
    const body = { to_phone_number: `1650${5_000_000 + index}`, template_name: 'hello' }
    const key = { 'idempotency-key': `send-${index}` }
    // The gateway may be killed under the request.
    const { status } = await client.post('/send-template-message/', body, key).catch(() => ({ status: 503 }))
    return status
  }
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      const until = performance.now() + patienceMs
      let status = await sendOnce(index)
      while (status === 503 && performance.now() < until) {
        await sleep(repeatMs)
        status = await sendOnce(index)
      }
      if (status < 300) sends.accepted++
      else sends.refused++
      onAnswered(++answered)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return sends
}

/** How many outbound messages there are in each state. */
export async function countStates({ db }: System): Promise<Partial<Record<MessageState, number>>> {
  const rows = await db
    .selectFrom('messages')
    .select(({ fn }) => ['state', fn.countAll<number>().as('many')])
    .where('direction', '=', 'out')
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, many }) => [state, Number(many)]))
}

/** Waits until no message is on its way any more, and returns how they ended. */
export async function waitUntilEnded(
  system: System,
  timeoutMs: number
): Promise<Partial<Record<MessageState, number>>> {
  return eventually(
    async () => {
      const states = await countStates(system)
      const open = (states.queued ?? 0) + (states.sending ?? 0)
      if (open > 0) throw new Error(`still on their way: ${JSON.stringify(states)}`)
      return states
    },
    { timeoutMs, intervalMs: 200 }
  )
}

/** What Meta's stand-in took: messages by our id, and those it took more than once. */
export async function takenByMeta({ client }: System): Promise<{ distinct: number; doubled: unknown[] }> {
  const report = (await client.control('messages?limit=1')) as { distinct: number; doubled: unknown[] }
  return { distinct: report.distinct, doubled: report.doubled }
}
