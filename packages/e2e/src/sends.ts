import { type MessageState } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import { type System } from './system.ts'

/** What a load of sends came to, as its caller saw it. */
export type Sends = { accepted: number; refused: number; unanswered: number }

/**
 * Sends `count` template messages, each to a number of its own, `atOnce` at a time. A refused or unanswered one is not
 * repeated: what counts is what was accepted. `onSent` is called with how many have been answered.
 */
export async function sendMany(
  { client }: System,
  count: number,
  atOnce: number,
  onAnswered: (answered: number) => void = () => {}
): Promise<Sends> {
  const sends: Sends = { accepted: 0, refused: 0, unanswered: 0 }
  let next = 0
  let answered = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = `1650${String(5_000_000 + next++)}`
      try {
        const { status } = await client.post('/send-template-message/', {
          to_phone_number: number,
          template_name: 'hello'
        })
        if (status < 300) sends.accepted++
        else sends.refused++
      } catch {
        // The gateway was killed under the request: it was not accepted, as far as its caller knows. The next one waits.
        sends.unanswered++
        await waitUntilUp(client)
      }
      onAnswered(++answered)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return sends
}

async function waitUntilUp(client: System['client']): Promise<void> {
  await eventually(async () => (await client.get('/health/live')).status === 200, {
    timeoutMs: 30_000,
    intervalMs: 100
  })
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
