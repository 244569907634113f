import { type Event, type Reload, type Subscription } from './contract.ts'
import { type RealtimeError } from './errors.ts'

/**
 * `connecting`: on the way. `connected`: the subscriptions stand. `waiting`: until the next attempt, or until `onEvent`
 * has done what lies before it. `closed`: for good.
 */
export type State = 'connecting' | 'connected' | 'waiting' | 'closed'

/** All in milliseconds; the defaults suit production. */
export type Timing = {
  /** The n-th retry comes at random within this times 2ⁿ, so that a thousand clients do not come at once. */
  retryMs: number
  /** The longest of these spans. */
  retryMsMax: number
  /** About how long to wait after a refusal that another attempt alone will not change. */
  refusedMs: number
  /** How long token, connection and subscription may take together. */
  openMs: number
  /** How often the server is asked where the log is, while it has nothing to tell. */
  markMs: number
}

export type ConnectOptions = {
  /** Where the realtime service is, as in `https://realtime.example.org`. */
  url: string
  /** An API key or a realtime token; or what fetches a fresh one, called before every connection. */
  token: string | (() => string | Promise<string>)
  /** The last `seq` seen, as `cursor` gave it; left out, events begin with what happens from now on. */
  after?: number | undefined
  subscriptions: Subscription[]
  /**
   * Called with one event at a time, in the order of `seq`, each once. What it returns is awaited before the cursor moves;
   * when it throws or rejects, the event comes again.
   */
  onEvent: (event: Event) => unknown
  /** Events were lost for good: load the present state anew. What happens after `newest` follows when this is done. */
  onReload?: (reload: Reload) => unknown
  onState?: (state: State) => void
  /** Everything told here is tried again, for ever: log it, or ask for a new credential. */
  onError?: (error: RealtimeError) => void
  /** Events that may wait for `onEvent`; one more ends the connection, and it resumes when they are done. Default 1,000. */
  bufferedMax?: number
  timing?: Partial<Timing>
}

export type Connection = {
  readonly state: State
  /** The `seq` that everything has been handled up to; undefined before anything is known. Store it, pass it as `after`. */
  readonly cursor: number | undefined
  /** How old the last event was when it was handed to `onEvent`, in milliseconds, by the clocks of both sides. */
  readonly lag: number | undefined
  /** Resolves once the subscriptions stand, at once if they do; rejects when it is closed before. */
  ready(): Promise<void>
  /** Adds a subscription, also for later connections; rejects with the server's refusal. Its events begin with the present. */
  add(subscription: Subscription): Promise<void>
  /** Takes away a subscription equal to this one. Events that wait for `onEvent` already are still handed over. */
  remove(subscription: Subscription): void
  /** Ends it for good. An event being handled is finished, and moves the cursor; no other is begun. */
  close(): void
  /** Resolves when nothing more will happen after `close`. */
  readonly closed: Promise<void>
}

export const defaultBufferedMax = 1_000

export const defaultTiming: Timing = {
  retryMs: 1_000,
  retryMsMax: 30_000,
  refusedMs: 30_000,
  openMs: 20_000,
  markMs: 240_000
}
