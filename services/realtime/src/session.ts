import { setTimeout as sleep } from 'node:timers/promises'
import { type StoredEvent } from '@wag/db'
import { isDrained } from './connection.ts'
import { type Metrics } from './metrics.ts'
import { eventOf, roomsOfEvent } from './rooms.ts'
import { type ClientSocket } from './server.ts'
import { type TenantLog } from './tenant-log.ts'

export type SessionOptions = {
  socket: ClientSocket
  log: TenantLog
  metrics: Metrics
  /** The last event the client has seen; undefined to begin with what comes next. */
  after: number | undefined
  backfillMax: number
  onError: (error: unknown) => void
}

/** Subscriptions sent together, one frame each, begin together. In milliseconds. */
const gatherMs = 20
/** Events sent before the client must have taken them: of the largest kind, well below what makes a reader slow. */
const pageSize = 50
/** How often a client that is being brought up to date is asked whether it has taken the last page, in milliseconds. */
const drainLookMs = 5

/**
 * One socket's place in the log. It is either catching up, fed page by page from `position`, or live, fed by its rooms.
 * It turns live in the same turn of the event loop in which it is found to be at the node's cursor, so no event falls between
 * the two and none comes twice.
 */
export function createSession({ socket, log, metrics, after, backfillMax, onError }: SessionOptions) {
  const rooms = new Set<string>()
  let position = after
  let isCatchingUp = false

  async function catchUp(): Promise<void> {
    isCatchingUp = true
    metrics.backfills.inc()
    try {
      await sleep(gatherMs)
      await reloadIfLost()
      while (socket.connected && position !== undefined && position < log.cursor()) await sendPage(position)
      // No await from here: see above.
      if (socket.connected) void socket.join([...rooms])
      position = undefined
    } finally {
      isCatchingUp = false
    }
  }

  async function sendPage(from: number): Promise<void> {
    const page = (await log.read(from)).slice(0, pageSize)
    for (const event of page) {
      if (isWanted(event)) socket.emit('event', eventOf(event))
    }
    metrics.backfilled.inc(page.length)
    position = page.at(-1)?.seq ?? (await reload())
    while (socket.connected && !isDrained(socket.conn)) await sleep(drainLookMs)
  }

  async function reloadIfLost(): Promise<void> {
    if (position === undefined) return
    const isKnown = await log.reach(position)
    const isTooFar = log.cursor() - position > backfillMax
    if (!isKnown || isTooFar || position < (await log.oldest()) - 1) position = await reload()
  }

  /** Tells the client that the log cannot be continued from where it was, and goes on from its end. */
  async function reload(): Promise<number> {
    metrics.reloads.inc()
    const oldest = await log.oldest()
    const newest = log.cursor()
    socket.emit('reload', { oldest, newest })
    return newest
  }

  function isWanted(event: StoredEvent): boolean {
    return roomsOfEvent(event).some((room) => rooms.has(room))
  }

  return {
    /** Adds rooms; returns the seq after which every event in them will be sent. */
    add(names: string[]): number {
      for (const name of names) rooms.add(name)
      if (position !== undefined) {
        const from = position
        if (!isCatchingUp) catchUp().catch(onError)
        return from
      }
      void socket.join(names)
      return log.cursor()
    },

    /** Takes rooms away. */
    remove(names: string[]): number {
      for (const name of names) {
        rooms.delete(name)
        void socket.leave(name)
      }
      return position ?? log.cursor()
    },

    size: () => rooms.size
  }
}
