import { type IncomingMessage } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { connectUnheededRedis, type RedisOptions } from '@wag/bus'
import { type Event, type Reload, type Subscribe, type SubscriptionAck } from '@wag/contracts'
import { type App } from '@wag/service'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import { createAddresses } from './addresses.ts'
import { type Config } from './config.ts'
import { type Connection, terminate } from './connection.ts'
import { type Identity } from './identity.ts'
import { type Metrics } from './metrics.ts'
import { isOriginAllowed } from './origin.ts'

export type ClientEvents = {
  subscribe: (asked: Subscribe, ack: (answer: SubscriptionAck) => void) => void
  unsubscribe: (asked: Subscribe, ack: (answer: SubscriptionAck) => void) => void
}
export type ServerEvents = { event: (event: Event) => void; reload: (reload: Reload) => void }
export type SocketData = { identity: Identity; after: number | undefined }

export type SocketServer = Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>
export type ClientSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>

export type ServerOptions = {
  app: App
  config: Config
  redisOptions: RedisOptions & { prefix: string }
  metrics: Metrics
}

/** A socket that has not shown a key is closed after this, in milliseconds. */
const connectTimeoutMs = 5_000
/** How long a peer may take to answer a close, in milliseconds. */
const closeGraceMs = 500
/** Bytes of one frame from a client: subscriptions are small. */
const frameBytesMax = 64 * 1024

/** Socket.IO on the service's own port. The Redis adapter carries only what concerns all nodes: cutting by room. */
export function openServer({ app, config, redisOptions, metrics }: ServerOptions) {
  const publisher = connectUnheededRedis({ ...redisOptions, name: 'wag-realtime-adapter' })
  const subscriber = connectUnheededRedis({ ...redisOptions, name: 'wag-realtime-adapter' })
  const addresses = createAddresses(config.REALTIME_CONNECTIONS_PER_ADDRESS_MAX)

  function refusalOf(request: IncomingMessage): string | undefined {
    if (!isOriginAllowed(request.headers.origin, request.headers.host, config.REALTIME_ORIGINS)) return 'origin'
    if (io.engine.clientsCount >= config.REALTIME_CONNECTIONS_MAX) return 'full'
    return addresses.isFull(request.socket.remoteAddress) ? 'address' : undefined
  }

  const io: SocketServer = new Server(app.server, {
    adapter: createAdapter(publisher, subscriber, { key: `${redisOptions.prefix}:socket.io` }),
    transports: config.REALTIME_TRANSPORTS.split(',').filter((name) => name === 'websocket' || name === 'polling'),
    allowRequest: (request, decide) => {
      const reason = refusalOf(request)
      if (reason !== undefined) metrics.refused.inc({ reason })
      // Engine.IO itself knows only 400 and 403; a load balancer wants to hear that this node is full.
      if (reason === 'full') request.socket.write('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      decide(reason, reason === undefined)
    },
    cors: { origin: config.REALTIME_ORIGINS.split(',').filter((origin) => origin !== '') },
    connectTimeout: connectTimeoutMs,
    maxHttpBufferSize: frameBytesMax,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false
  })
  io.engine.on('connection', (connection: Connection) => {
    const leave = addresses.add(connection.request.socket.remoteAddress)
    connection.once('close', () => {
      leave()
      // A peer that never answers the close would keep its socket open for half a minute.
      setTimeout(() => terminate(connection), closeGraceMs)
    })
  })

  return {
    io,
    async close(): Promise<void> {
      // The transport and not the socket: a client told to disconnect would not come back, to another node or to us.
      for (const socket of io.sockets.sockets.values()) socket.conn.close()
      await io.close()
      publisher.disconnect()
      subscriber.disconnect()
    }
  }
}
