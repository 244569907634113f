import { setTimeout as sleep } from 'node:timers/promises'
import { type Subscription, subscriptionsMax } from '@wag/contracts'
import { type StoredEvent } from '@wag/db'
import { isDrained } from './connection.ts'
import { type Metrics } from './metrics.ts'
import { eventOf, roomsOf, roomsOfEvent } from './rooms.ts'
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
  const { tenantId } = socket.data.identity
  const subscriptions = new Map<string, string[]>()
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

  function allRooms(): Set<string> {
    return new Set([...subscriptions.values()].flat())
  }

  function isWanted(event: StoredEvent): boolean {
    return roomsOfEvent(event).some((room) => rooms.has(room))
  }

  return {
    /** Adds subscriptions, or none of them (undefined) when they are too many; returns the seq after which they count. */
    add(asked: Subscription[]): number | undefined {
      const added = asked.filter((one) => !subscriptions.has(keyOf(one)))
      if (subscriptions.size + new Set(added.map(keyOf)).size > subscriptionsMax) return undefined
      for (const one of added) subscriptions.set(keyOf(one), roomsOf(tenantId, one))
      const missing = [...allRooms()].filter((room) => !rooms.has(room))
      for (const room of missing) rooms.add(room)
      if (position !== undefined) {
        const from = position
        if (!isCatchingUp) catchUp().catch(onError)
        return from
      }
      void socket.join(missing)
      return log.cursor()
    },

    /** Takes subscriptions away; a room that another one needs stays. */
    remove(asked: Subscription[]): number {
      for (const one of asked) subscriptions.delete(keyOf(one))
      const needed = allRooms()
      for (const room of [...rooms].filter((name) => !needed.has(name))) {
        rooms.delete(room)
        void socket.leave(room)
      }
      return position ?? log.cursor()
    }
  }
}

function keyOf({ types, ...scope }: Subscription): string {
  return JSON.stringify([scope, types && [...new Set(types)].sort()])
}
