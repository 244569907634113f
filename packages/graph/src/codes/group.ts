/** What one of Meta's error codes is about. */
export type ErrorClass =
  | 'auth_fatal'
  | 'integrity_pause'
  | 'throttle'
  | 'transient'
  | 'recipient_permanent'
  | 'recipient_cooldown'
  | 'recipient_opt_out'
  | 'window_closed'
  | 'request_permanent'
  | 'template_state'
  | 'account_config'
  | 'inbound_info'
  | 'management_only'
  | 'calling'

/** How far an error reaches: what else would meet it too. */
export type ErrorScope = 'app' | 'token' | 'waba' | 'number' | 'pair' | 'template' | 'message'

/** The number's rate is multiplied by this, and it holds for so long. */
export type Slowdown = { factor: number; holdMs: number }

/** One code of Meta's, or a range with both ends, in our words. */
export type ErrorRow = {
  code: number | readonly [from: number, to: number]
  /** What it is, in a few words. */
  title: string
  /** What it means and what to do, for the people who run or call the gateway. */
  advice: string
  /** A pause of this code's ends by itself after this long, where its class says otherwise or nothing. */
  resumesAfterMs?: number
  /** The number goes slower although nothing says that it was too fast. */
  slows?: Slowdown
  /** Meta certainly made nothing of the message, and it may be sent again after this long. */
  retryAfterMs?: number
}

/** Codes that ask the same of a sender. */
export type ErrorGroup = { class: ErrorClass; scope: ErrorScope; rows: readonly ErrorRow[] }

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
