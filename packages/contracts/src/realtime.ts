import { type Static, Type } from 'typebox'
import { EventTypeSchema } from './events.ts'

const types = {
  types: Type.Optional(
    Type.Array(EventTypeSchema, { minItems: 1, maxItems: 32, description: 'Only these types; all when left out.' })
  )
}
const closed = { additionalProperties: false }

/** What a client may listen to: all of its tenant, one business number, one contact, or one message. */
export const SubscriptionSchema = Type.Union([
  Type.Object({ tenant: Type.Literal(true), ...types }, closed),
  Type.Object({ number: Type.String({ minLength: 1, maxLength: 64 }), ...types }, closed),
  Type.Object({ contact: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), ...types }, closed),
  Type.Object({ message: Type.String({ format: 'uuid', maxLength: 36 }), ...types }, closed)
])

export type Subscription = Static<typeof SubscriptionSchema>

/** Subscriptions one socket or token may hold. */
export const subscriptionsMax = 100

/** The body of `subscribe` and `unsubscribe`: one subscription, or several that begin at the same place in the log. */
export const SubscribeSchema = Type.Union([
  SubscriptionSchema,
  Type.Array(SubscriptionSchema, { minItems: 1, maxItems: subscriptionsMax })
])

export type Subscribe = Static<typeof SubscribeSchema>

const AckErrorSchema = Type.Object({ code: Type.String(), message: Type.String() })

/** The answer to `subscribe` and `unsubscribe`: it counts for every event after `seq`. */
export const SubscriptionAckSchema = Type.Union([
  Type.Object({ ok: Type.Literal(true), seq: Type.Integer({ minimum: 0 }) }),
  Type.Object({ ok: Type.Literal(false), error: AckErrorSchema })
])

export type SubscriptionAck = Static<typeof SubscriptionAckSchema>

/** What a client sends when it connects; `after` is the last `seq` it has seen. */
export const HandshakeSchema = Type.Object({
  token: Type.String({ description: 'An API key, or a token from POST /v1/realtime/tokens.' }),
  after: Type.Optional(Type.Integer({ minimum: 0 }))
})

export type Handshake = Static<typeof HandshakeSchema>

/**
 * The log cannot be continued after the client's `after`: it begins at `oldest` and ends at `newest`. Load the present state
 * by the REST API; events after `newest` follow.
 */
export const ReloadSchema = Type.Object({ oldest: Type.Integer(), newest: Type.Integer() })

export type Reload = Static<typeof ReloadSchema>

/** The body of `POST /v1/realtime/tokens`: what the token's holder may subscribe to, and for how long. */
export const TokenRequestSchema = Type.Object(
  {
    subscriptions: Type.Array(SubscriptionSchema, { minItems: 1, maxItems: subscriptionsMax }),
    ttl_s: Type.Optional(Type.Integer({ minimum: 10, maximum: 86_400, default: 600 }))
  },
  closed
)

export type TokenRequest = Static<typeof TokenRequestSchema>

/** Its answer; the token is shown once. */
export const TokenReplySchema = Type.Object({ id: Type.String(), token: Type.String(), expires_at: Type.String() })

export type TokenReply = Static<typeof TokenReplySchema>
