import { type Subscription, type SubscriptionAck, SubscriptionSchema } from '@wag/contracts'
import { type Db, findContact } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { Value } from 'typebox/value'
import { type Feed } from './feed.ts'
import { roomOf } from './rooms.ts'
import { type SocketServer } from './sockets.ts'

export type SubscriptionContext = { db: Db; feed: Feed; log: FastifyBaseLogger }

const badRequest: SubscriptionAck = {
  ok: false,
  error: { code: 'bad_request', message: 'Subscribe with { tenant: true } or { contact: <contact id> }' }
}
const notFound: SubscriptionAck = { ok: false, error: { code: 'not_found', message: 'There is no such contact' } }
const unavailable: SubscriptionAck = { ok: false, error: { code: 'unavailable', message: 'Try again' } }

/** Lets clients subscribe to the events of their tenant or of one of its contacts. */
export function addSubscriptions(io: SocketServer, context: SubscriptionContext): void {
  io.on('connection', (socket) => {
    const { tenantId } = socket.data.principal
    const onError = (error: unknown): void => context.log.warn({ err: error }, 'subscription failed')
    let following: Promise<() => number> | undefined
    /** Follows the tenant's log from the first subscription on; after a failure the next one tries again. */
    const follow = (): Promise<() => number> => {
      following ??= context.feed.follow(tenantId).catch((error: unknown) => {
        following = undefined
        throw error
      })
      return following
    }
    socket.on('disconnect', () => {
      following?.then(() => context.feed.unfollow(tenantId)).catch(onError)
    })

    const answer = async (asked: unknown, change: (room: string) => unknown): Promise<SubscriptionAck> => {
      if (!Value.Check(SubscriptionSchema, asked)) return badRequest
      try {
        // Before anything is waited for: a socket that goes meanwhile must still be seen to follow.
        const [cursor, own] = await Promise.all([follow(), isOwn(context.db, tenantId, asked)])
        if (!own) return notFound
        // Joined and read in one go: every event after this cursor goes to the room.
        const joined = change(roomOf(tenantId, asked))
        const seq = cursor()
        await joined
        return { ok: true, seq }
      } catch (error) {
        onError(error)
        return unavailable
      }
    }
    socket.on('subscribe', (asked, ack) => {
      void answer(asked, (room) => socket.join(room)).then((reply) => acknowledge(ack, reply))
    })
    socket.on('unsubscribe', (asked, ack) => {
      void answer(asked, (room) => socket.leave(room)).then((reply) => acknowledge(ack, reply))
    })
  })
}

/** A client may leave out the acknowledgement, or send anything in its place. */
function acknowledge(ack: unknown, reply: SubscriptionAck): void {
  if (typeof ack === 'function') ack(reply)
}

async function isOwn(db: Db, tenantId: string, subscription: Subscription): Promise<boolean> {
  return 'tenant' in subscription || (await findContact(db, tenantId, subscription.contact)) !== undefined
}
