import { type Event, type Subscription } from '@wag/contracts'
import { io, type Socket } from 'socket.io-client'
import { pick, type Random } from './random.ts'

/** A client that writes down what it sees, in the order it sees it. */
export type StormClient = {
  subscriptions: Subscription[]
  seen: number[]
  /** Times it was told to load anew: each would be a gap. */
  reloads: number
  connections: number
  /** Goes away without a word; comes back by itself. */
  drop(): void
  close(): void
}

export type StormClientOptions = {
  /** Where the nodes are: any one will do, as behind a load balancer. */
  urls: string[]
  token: string
  subscriptions: Subscription[]
  random: Random
}

const reconnectDelayMs = 200

/** Connects to any node, subscribes, and after every loss connects to any node again and goes on by `seq`. */
export function startClient({ urls, token, subscriptions, random }: StormClientOptions): StormClient {
  let socket: Socket | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const client: StormClient = {
    subscriptions,
    seen: [],
    reloads: 0,
    connections: 0,
    drop: () => socket?.io.engine.close(),
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
    }
  }

  function connect(): void {
    const auth = { token, after: client.seen.at(-1) ?? 0 }
    const current = io(pick(random, urls), { transports: ['websocket'], auth, forceNew: true, reconnection: false })
    socket = current
    current.on('event', ({ seq }: Event) => {
      // What a connection that was given up still delivers is not counted: its successor asks for it again.
      if (socket === current) client.seen.push(seq)
    })
    current.on('reload', () => client.reloads++)
    current.on('connect', () => {
      client.connections++
      current.emit('subscribe', subscriptions)
    })
    current.on('disconnect', again)
    current.on('connect_error', again)
  }

  function again(): void {
    socket?.close()
    socket = undefined
    if (!closed) timer = setTimeout(connect, reconnectDelayMs * (0.5 + random()))
  }

  connect()
  return client
}
