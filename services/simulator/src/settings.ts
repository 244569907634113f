import { type Static, Type } from 'typebox'

const Milliseconds = Type.Integer({ minimum: 0, maximum: 86_400_000 })
const Never = Type.Null()

/** What can be changed while the simulator runs. Delays count from the acceptance of a message. */
const SettingsSchema = Type.Object(
  {
    /** How long every answer to a send takes. */
    latency_ms: Milliseconds,
    /** Whether accepted messages get statuses at all. */
    statuses: Type.Boolean(),
    sent_delay_ms: Milliseconds,
    /** Null: it is never delivered. */
    delivered_delay_ms: Type.Union([Milliseconds, Never]),
    /** Null: it is never read. */
    read_delay_ms: Type.Union([Milliseconds, Never]),
    webhook_url: Type.String({ pattern: '^https?://' }),
    /** Up to how many updates that are due together go in one POST (Meta: at most 1,000). */
    webhook_batch_max: Type.Integer({ minimum: 1, maximum: 1000 }),
    /** How many POSTs may be under way at once. */
    webhook_concurrency: Type.Integer({ minimum: 1, maximum: 1024 }),
    webhook_timeout_ms: Type.Integer({ minimum: 1, maximum: 600_000 }),
    /** The first repetition comes at once, the next after this long, then twice as long each time … */
    retry_base_ms: Milliseconds,
    /** … but never longer than this. */
    retry_delay_max_ms: Milliseconds,
    /** After so many attempts a webhook is given up. */
    retry_attempts: Type.Integer({ minimum: 1, maximum: 1000 }),
    /** What is remembered of sends: everything, only how often each callback data was accepted, or nothing. */
    recording: Type.Enum(['all', 'counts', 'none']),
    /** Messages, in and out, in any one second of a number before 130429; null: no limit. */
    number_rate: Type.Union([Type.Integer({ minimum: 1 }), Never]),
    /** Whether more than one message per 6 s to one phone is refused with 131056; up to 45 within 6 s are borrowed. */
    pair_limit: Type.Boolean()
  },
  { additionalProperties: false }
)

export type Settings = Static<typeof SettingsSchema>

export const SettingsChangeSchema = Type.Partial(SettingsSchema, { additionalProperties: false })

/** The part of the settings that has a default no environment variable sets. */
export const settingsDefaults = {
  statuses: true,
  webhook_batch_max: 1,
  webhook_concurrency: 64,
  webhook_timeout_ms: 20_000,
  retry_base_ms: 1000,
  retry_delay_max_ms: 60_000,
  retry_attempts: 100,
  recording: 'all',
  number_rate: null,
  pair_limit: false
} as const satisfies Partial<Settings>
