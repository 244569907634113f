import { isSettled, stateRank } from '@wag/contracts'
import { type Db, findMessages, type Message } from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'

export type Outcomes = ReturnType<typeof createOutcomes>

/**
 * What a waiter waits for: `ended`, that its send has, be it that Meta's answer was lost; `decided`, that it is known what
 * came of it, as an `unknown` one may still be settled by a webhook.
 */
export type Patience = 'ended' | 'decided'

type Waiter = { tenantId: string; patience: Patience; settle: (message: Message | undefined) => void }

/** A message whose outcome somebody waits for. */
export type Watch = { outcome(waitMs: number): Promise<Message | undefined>; stop(): void }

/** How often the ledger is asked for outcomes whose hint was lost or came from a webhook, in milliseconds. */
const lookIntervalMs = 1_000

/**
 * Waits for the outcomes of messages. A hint over pub/sub says when to look; what is true stands in the ledger, which is
 * asked every second anyway and once more when time is up.
 */
export function createOutcomes(db: Db, log: FastifyBaseLogger) {
  const waiters = new Map<string, Set<Waiter>>()
  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot look for outcomes')
  let isClosed = false

  async function look(ids: string[]): Promise<void> {
    const waiting = ids.flatMap((id) => [...(waiters.get(id) ?? [])].map(({ tenantId }) => ({ tenantId, id })))
    for (const [tenantId, wanted] of Map.groupBy(waiting, ({ tenantId }) => tenantId)) {
      for (const message of await findMessages(db, tenantId, [...new Set(wanted.map(({ id }) => id))])) {
        tell(tenantId, message)
      }
    }
  }

  function tell(tenantId: string, message: Message): void {
    for (const { tenantId: theirs, patience, settle } of waiters.get(message.id) ?? []) {
      if (theirs === tenantId && isOver(message, patience)) settle(message)
    }
  }

  function leave(id: string, waiter: Waiter): void {
    const others = waiters.get(id)
    others?.delete(waiter)
    if (others?.size === 0) waiters.delete(id)
  }

  const loop = every(lookIntervalMs, () => look([...waiters.keys()]), onError)
  return {
    /** Sends of these messages have ended, as a hint says, or may have. */
    ended(ids: string[]): void {
      const ours = ids.filter((id) => waiters.has(id))
      if (ours.length > 0) look(ours).catch(onError)
    },

    /**
     * Begins to watch a message that is about to be accepted, or was. `outcome` resolves once its send has ended or is
     * decided, or with how it stands when `waitMs` are over; `stop` forgets it.
     */
    watch(tenantId: string, id: string, patience: Patience): Watch {
      const { promise, resolve } = Promise.withResolvers<Message | undefined>()
      const waiter = { tenantId, patience, settle: resolve }
      waiters.set(id, (waiters.get(id) ?? new Set()).add(waiter))
      if (isClosed) resolve(undefined)
      const stop = (): void => leave(id, waiter)
      return {
        stop,
        async outcome(waitMs) {
          const timer = setTimeout(() => resolve(undefined), waitMs)
          try {
            return (await promise) ?? (await findMessages(db, tenantId, [id]))[0]
          } finally {
            clearTimeout(timer)
            stop()
          }
        }
      }
    },

    /** Lets everybody go who waits: they are told how things stand now. */
    async close(): Promise<void> {
      isClosed = true
      await loop.stop()
      for (const some of waiters.values()) for (const { settle } of some) settle(undefined)
    }
  }
}

function isOver({ state }: Message, patience: Patience): boolean {
  return patience === 'ended' ? isSettled(state) : stateRank(state) > stateRank('unknown')
}
