import { type Event, type Subscription, type SubscriptionAck } from '@wag/contracts'
import { type TestContext } from '@wag/testkit'
import { io } from 'socket.io-client'

/** A connected client and the events it has seen, in the order it saw them. */
export type Subscriber = { events: Event[]; ack: SubscriptionAck; close(): void }

/** Connects and subscribes; resolves once the subscription stands. */
export async function subscribe(
  t: TestContext,
  url: string,
  token: string,
  subscription: Subscription
): Promise<Subscriber> {
  const socket = io(url, { transports: ['websocket'], auth: { token }, forceNew: true })
  t.teardown(() => socket.close())
  const events: Event[] = []
  socket.on('event', (event: Event) => events.push(event))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const ack: SubscriptionAck = await socket.timeout(5_000).emitWithAck('subscribe', subscription)
  return { events, ack, close: () => void socket.close() }
}
