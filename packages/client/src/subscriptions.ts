import { type Subscription } from './contract.ts'
import { RealtimeError } from './errors.ts'
import { pause } from './pause.ts'
import { type Session } from './session.ts'

export type SubscriptionsOptions = {
  /** Ends the connection, so that the next one begins where it was. */
  restart: () => void
  closing: AbortSignal
}

/** How long to wait where the server says that it cannot answer now, in milliseconds. */
const unavailableMs = 1_000

/** What is subscribed to, on this connection and on all later ones. */
export function createSubscriptions(given: readonly Subscription[], { restart, closing }: SubscriptionsOptions) {
  const list = [...given]
  const waiting = new Set<(session?: Session) => void>()
  let current: Session | undefined

  closing.addEventListener('abort', () => wake())

  function wake(session?: Session): void {
    for (const resolve of waiting) resolve(session)
    waiting.clear()
  }

  /** The connection whose subscriptions stand, now or later. */
  async function standing(): Promise<Session> {
    const session = current ?? (closing.aborted ? undefined : await new Promise<Session | undefined>(addWaiting))
    if (session && !closing.aborted) return session
    throw new RealtimeError('closed', 'the connection was closed')
  }

  function addWaiting(resolve: (session?: Session) => void): void {
    waiting.add(resolve)
  }

  return {
    list: list as readonly Subscription[],
    standing,

    stand(session: Session): void {
      current = session
      wake(session)
    },

    fall(): void {
      current = undefined
    },

    /** Asked for alone, so that the server's refusal is of this one. */
    async add(subscription: Subscription): Promise<void> {
      for (;;) {
        const session = await standing()
        const answer = await session.ask('subscribe', subscription)
        if (answer?.ok && session === current) return void list.push(subscription)
        if (answer?.ok === false && answer.error.code !== 'unavailable') {
          throw new RealtimeError(answer.error.code, answer.error.message)
        }
        if (answer?.ok === false) await pause(unavailableMs, closing)
      }
    },

    remove(subscription: Subscription): void {
      const wanted = keyOf(subscription)
      const index = list.findIndex((one) => keyOf(one) === wanted)
      if (index < 0) return
      list.splice(index, 1)
      // The server keeps no count of who shares a room: taking one away could silence another.
      if (list.some((one) => scopeOf(one) === scopeOf(subscription))) restart()
      else void current?.ask('unsubscribe', subscription)
    }
  }
}

function scopeOf({ types: _types, ...scope }: Subscription): string {
  return JSON.stringify(scope)
}

function keyOf({ types, ...scope }: Subscription): string {
  return JSON.stringify([scope, [...(types ?? [])].sort()])
}
