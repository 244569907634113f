import { createAdapter } from '@socket.io/redis-adapter'
import { connectPatientRedis, type RedisOptions } from '@wag/bus'
import { type Event, type Subscription, type SubscriptionAck } from '@wag/contracts'
import { type Principal, type StoredEvent } from '@wag/db'
import { type App, type Authenticator } from '@wag/service'
import { type DefaultEventsMap, Server } from 'socket.io'
import { type Config } from './config.ts'
import { type Metrics } from './metrics.ts'
import { isOriginAllowed } from './origin.ts'
import { roomsOf } from './rooms.ts'

type ClientEvents = {
  subscribe: (subscription: Subscription, ack: (answer: SubscriptionAck) => void) => void
  unsubscribe: (subscription: Subscription, ack: (answer: SubscriptionAck) => void) => void
}
type ServerEvents = { event: (event: Event) => void }

export type SocketServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, { principal: Principal }>

export type SocketsOptions = {
  app: App
  config: Config
  redisOptions: RedisOptions & { prefix: string }
  authenticate: Authenticator
  metrics: Metrics
}

/** A socket that has not shown a key is closed after this, in milliseconds. */
const connectTimeoutMs = 5_000
/** Bytes of one message from a client: subscriptions are small. */
const frameBytesMax = 64 * 1024

/** Socket.IO on the service's own port, with the Redis adapter for what concerns all nodes. */
export function openSockets({ app, config, redisOptions, authenticate, metrics }: SocketsOptions) {
  const publisher = connectPatientRedis({ ...redisOptions, name: 'wag-realtime-adapter' })
  const subscriber = connectPatientRedis({ ...redisOptions, name: 'wag-realtime-adapter' })
  const io: SocketServer = new Server(app.server, {
    adapter: createAdapter(publisher, subscriber, { key: `${redisOptions.prefix}:socket.io` }),
    transports: config.REALTIME_TRANSPORTS.split(',').filter((name) => name === 'websocket' || name === 'polling'),
    allowRequest: (request, decide) => {
      const isAllowed = isOriginAllowed(request.headers.origin, request.headers.host, config.REALTIME_ORIGINS)
      decide(isAllowed ? null : 'this Origin is not in REALTIME_ORIGINS', isAllowed)
    },
    cors: { origin: config.REALTIME_ORIGINS.split(',').filter((origin) => origin !== '') },
    connectTimeout: connectTimeoutMs,
    maxHttpBufferSize: frameBytesMax,
    perMessageDeflate: false,
    serveClient: false
  })

  io.use(async (socket, next) => {
    try {
      const token: unknown = socket.handshake.auth.token
      const principal = typeof token === 'string' ? await authenticate(token) : undefined
      if (!principal) return next(new Error('unauthorized: send a valid API key in auth.token'))
      socket.data.principal = principal
      next()
    } catch (error) {
      app.log.warn({ err: error }, 'cannot authenticate a socket')
      next(new Error('unavailable: try again'))
    }
  })
  io.on('connection', (socket) => {
    metrics.connections.inc()
    socket.on('disconnect', () => metrics.connections.dec())
  })

  return {
    io,

    /**
     * Hands an event to this node's sockets in any of its rooms, once to each. `local`: every node reads the log itself,
     * through the adapter a client would get one copy per node.
     */
    emit(event: StoredEvent): void {
      const { seq, type, at, data } = event
      metrics.emitted.inc()
      io.local.to(roomsOf(event)).emit('event', { seq, type, at, data })
    },

    async close(): Promise<void> {
      io.local.disconnectSockets(true)
      await io.close()
      publisher.disconnect()
      subscriber.disconnect()
    }
  }
}
