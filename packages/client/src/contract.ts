/** What the server says and takes. Only types pass through here, so that a browser loads no schemas. */
export type { Event, EventType, Reload, Subscription, SubscriptionAck } from '@wag/contracts'
