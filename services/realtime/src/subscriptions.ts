import {
  type Subscribe,
  SubscribeSchema,
  type Subscription,
  type SubscriptionAck,
  subscriptionsMax
} from '@wag/contracts'
import { type Db, findContact, findMessages, findNumberTenants } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { Value } from 'typebox/value'
import { type Config } from './config.ts'
import { limitFrames } from './frames.ts'
import { type Guests } from './guests.ts'
import { type Identity } from './identity.ts'
import { type Logs } from './logs.ts'
import { type Metrics } from './metrics.ts'
import { isWithin } from './rooms.ts'
import { type ClientSocket, type SocketServer } from './server.ts'
import { createSession } from './session.ts'

export type SubscriptionContext = {
  config: Config
  db: Db
  logs: Logs
  guests: Guests
  metrics: Metrics
  log: FastifyBaseLogger
}

type Session = ReturnType<typeof createSession>
type OpenSession = { session: Session; release: () => void }
type Refusal = Extract<SubscriptionAck, { ok: false }>

function refusal(code: string, message: string): Refusal {
  return { ok: false, error: { code, message } }
}

const malformed = refusal(
  'bad_request',
  'Send { tenant: true }, { number }, { contact } or { message }, each with optional types, or an array of them'
)
const foreign = refusal('not_found', 'There is no such number, contact or message')
const forbidden = refusal('forbidden', 'This token was not made for that')
const tooMany = refusal('too_many', `A socket may hold ${subscriptionsMax} subscriptions`)
const unavailable = refusal('unavailable', 'Try again')

/** Gives every connected socket its session, and lets it subscribe. */
export function addSubscriptions(io: SocketServer, context: SubscriptionContext): void {
  io.on('connection', (socket) => {
    const { identity } = socket.data
    context.metrics.connections.inc()
    limitFrames(socket, context.config.REALTIME_FRAMES_PER_S, context.metrics)
    const leave = context.guests.add({ identity, cut: () => void socket.disconnect(true) })
    void socket.join([`key:${identity.keyId}`, ...(identity.tokenId ? [`token:${identity.tokenId}`] : [])])

    // Opened by the first subscription, and tried again by the next one when the ledger was away.
    let opening: Promise<OpenSession> | undefined
    const open = async (): Promise<Session> => {
      if (!socket.connected) throw new Error('the socket is gone')
      opening ??= openSession(socket, context)
      try {
        const { session } = await opening
        if (!socket.connected) throw new Error('the socket is gone')
        return session
      } catch (error) {
        opening = undefined
        throw error
      }
    }
    socket.on('disconnect', () => {
      context.metrics.connections.dec()
      leave()
      opening?.then(({ release }) => release()).catch(() => undefined)
    })
    socket.on('subscribe', (asked, ack) => {
      void answer(context, identity, asked, async (them) => (await open()).add(them)).then((reply) =>
        acknowledge(ack, reply)
      )
    })
    socket.on('unsubscribe', (asked, ack) => {
      void answer(context, identity, asked, async (them) => (await open()).remove(them)).then((reply) =>
        acknowledge(ack, reply)
      )
    })
  })
}

async function openSession(
  socket: ClientSocket,
  { config, logs, metrics, log }: SubscriptionContext
): Promise<OpenSession> {
  const { log: tenantLog, release } = await logs.use(socket.data.identity.tenantId)
  const session = createSession({
    socket,
    log: tenantLog,
    metrics,
    after: socket.data.after,
    backfillMax: config.REALTIME_BACKFILL_EVENTS_MAX,
    onError: (error) => {
      log.warn({ err: error }, 'a socket could not be brought up to date')
      socket.conn.close()
    }
  })
  return { session, release }
}

async function answer(
  { db, log }: SubscriptionContext,
  identity: Identity,
  asked: unknown,
  change: (subscriptions: Subscription[]) => Promise<number | undefined>
): Promise<SubscriptionAck> {
  if (!Value.Check(SubscribeSchema, asked)) return malformed
  const subscriptions = listOf(asked)
  if (identity.allowed && !subscriptions.every((one) => isWithin(one, identity.allowed ?? []))) return forbidden
  try {
    for (const one of subscriptions) if (!(await isOwn(db, identity.tenantId, one))) return foreign
    const seq = await change(subscriptions)
    return seq === undefined ? tooMany : { ok: true, seq }
  } catch (error) {
    log.warn({ err: error }, 'cannot subscribe')
    return unavailable
  }
}

function listOf(asked: Subscribe): Subscription[] {
  return Array.isArray(asked) ? asked : [asked]
}

/** A client may leave out the acknowledgement, or send anything in its place. */
function acknowledge(ack: unknown, reply: SubscriptionAck): void {
  if (typeof ack === 'function') ack(reply)
}

async function isOwn(db: Db, tenantId: string, subscription: Subscription): Promise<boolean> {
  if ('tenant' in subscription) return true
  if ('contact' in subscription) return (await findContact(db, tenantId, subscription.contact)) !== undefined
  if ('message' in subscription) return (await findMessages(db, tenantId, [subscription.message])).length > 0
  return (await findNumberTenants(db, [subscription.number])).get(subscription.number) === tenantId
}
