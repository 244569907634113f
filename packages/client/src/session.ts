import { io, type Socket } from 'socket.io-client'
import { type Event, type Reload, type Subscription, type SubscriptionAck } from './contract.ts'
import { RealtimeError, refusalOf } from './errors.ts'
import { type Inbox } from './inbox.ts'
import { type ConnectOptions, type Timing } from './options.ts'

type ServerEvents = { event: (event: Event) => void; reload: (reload: Reload) => void }
type Ask = (asked: Subscription | Subscription[], ack: (answer: SubscriptionAck) => void) => void
type ClientEvents = { subscribe: Ask; unsubscribe: Ask }
type ClientSocket = Socket<ServerEvents, ClientEvents>

/** A connection whose subscriptions stand. `ask` resolves with undefined when no answer came. */
export type Session = {
  ask(what: keyof ClientEvents, asked: Subscription | Subscription[]): Promise<SubscriptionAck | undefined>
}

export type SessionOptions = Pick<ConnectOptions, 'url' | 'token'> & {
  timing: Timing
  inbox: Inbox
  subscriptions: readonly Subscription[]
  onStanding: (session: Session) => void
}

/** How long the server may take to answer a question, in milliseconds. */
const answerMs = 10_000

/** One connection from its beginning to its end; resolves with what ended it, or undefined where the signal did. */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<RealtimeError | undefined> {
  const { inbox, timing } = options
  let end: (error?: RealtimeError) => void = () => undefined
  const ended = new Promise<RealtimeError | undefined>((resolve) => {
    end = resolve
  })
  const onAbort = (): void => end()
  signal.addEventListener('abort', onAbort)
  const opening = setTimeout(
    () => end(new RealtimeError('timeout', 'the connection did not come about')),
    timing.openMs
  )
  let stopMarking = (): void => undefined
  let socket: ClientSocket | undefined
  let isOver = false

  async function open(): Promise<void> {
    const token = await tokenOf(options.token)
    if (isOver) return
    inbox.open()
    socket = createSocket(options.url, token, inbox)
    socket.on('connect_error', (error) => end(refusalOf(error)))
    socket.on('disconnect', (reason) => end(new RealtimeError('disconnected', `the connection ended: ${reason}`)))
    const session = createSession(socket, inbox)
    await new Promise<void>((resolve) => socket?.once('connect', resolve).connect())
    const refusal = await subscribe(session, options.subscriptions)
    if (refusal) return end(refusal)
    if (isOver) return
    clearTimeout(opening)
    stopMarking = keepMarking(session, options)
    options.onStanding(session)
  }

  try {
    open().catch((error) => end(error instanceof RealtimeError ? error : refusalOf(error)))
    return await ended
  } finally {
    isOver = true
    inbox.shut()
    clearTimeout(opening)
    stopMarking()
    signal.removeEventListener('abort', onAbort)
    socket?.removeAllListeners().disconnect()
  }
}

async function tokenOf(token: SessionOptions['token']): Promise<string> {
  try {
    return typeof token === 'function' ? await token() : token
  } catch (error) {
    throw new RealtimeError('token', 'there is no credential to connect with', { cause: error })
  }
}

/**
 * A socket for this one connection. Socket.IO's own reconnection is not used: it gives up when the server has cut or refused
 * a socket, it asks for no fresh token, and it would not wait for `onEvent`.
 */
function createSocket(url: string, token: string, inbox: Inbox): ClientSocket {
  const after = inbox.received()
  const socket: ClientSocket = io(url, {
    transports: ['websocket'],
    auth: after === undefined ? { token } : { token, after },
    autoConnect: false,
    forceNew: true,
    reconnection: false
  })
  return socket.on('event', (event) => inbox.addEvent(event)).on('reload', (reload) => inbox.addReload(reload))
}

function createSession(socket: ClientSocket, inbox: Inbox): Session {
  return {
    ask: (what, asked) =>
      new Promise((resolve) => {
        socket.timeout(answerMs).emit(what, asked, (error: Error | null, answer: SubscriptionAck) => {
          // In the turn in which it came: what the server sent after it is looked at after it.
          if (!error && answer.ok) inbox.mark(answer.seq)
          resolve(error ? undefined : answer)
        })
      })
  }
}

/** All of them in one frame, so that they begin at one place in the log. */
async function subscribe(session: Session, subscriptions: readonly Subscription[]): Promise<RealtimeError | undefined> {
  if (subscriptions.length === 0) return undefined
  const answer = await session.ask('subscribe', [...subscriptions])
  if (!answer) return new RealtimeError('timeout', 'the subscription was not answered')
  return answer.ok ? undefined : new RealtimeError(answer.error.code, answer.error.message)
}

/**
 * Asks now and then where the log is, by subscribing again to what is subscribed to. Who listens to one quiet contact would
 * otherwise come back with a cursor that lies too far back for the server.
 */
function keepMarking(session: Session, { inbox, subscriptions, timing }: SessionOptions): () => void {
  let before = inbox.received()
  const timer = setInterval(() => {
    const [first] = subscriptions
    if (first && inbox.received() === before) void session.ask('subscribe', first)
    before = inbox.received()
  }, timing.markMs)
  return () => clearInterval(timer)
}
