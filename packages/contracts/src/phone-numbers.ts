import { type Static, Type } from 'typebox'
import { MetaErrorSchema } from './message.ts'
import { PauseScopeSchema } from './sending.ts'

/** Shapes of `/v1/phone-numbers`; docs/phone-numbers.md tells them to callers. */

const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const closed = { additionalProperties: false }

/** Why nothing is sent. `reason` is the class of Meta's error, or `operator`, whose own words are then the error's message. */
export const ApiPauseSchema = Type.Object({
  scope: PauseScopeSchema,
  reason: Type.String(),
  error: Type.Optional(MetaErrorSchema),
  explanation: Type.Optional(Type.Object({ title: Type.String(), advice: Type.String() })),
  paused_at: Type.String(),
  resumes_at: nullableText
})
export type ApiPause = Static<typeof ApiPauseSchema>

/** Everything that is stopped: the numbers a pause stops by their ids, or the template it stops by its name. */
export const PauseListSchema = Type.Object({
  pauses: Type.Array(
    Type.Object({
      ...ApiPauseSchema.properties,
      phone_numbers: Type.Array(Type.String()),
      template: Type.Optional(Type.String())
    })
  )
})
export type PauseList = Static<typeof PauseListSchema>

/** How far a number gives way to Meta: nothing is sent until `until`, then at `share` of its rate, growing back to 1. */
const ThrottleSchema = Type.Object({ until: nullableText, share: Type.Number() })

/**
 * A business number with what stops it and what waits. `rate` is null where the senders' default holds, `throttle` where the
 * number gives way to nothing; it is left out where Redis, which knows, does not answer.
 */
export const ApiNumberSchema = Type.Object({
  id: Type.String(),
  default: Type.Boolean(),
  rate: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  waba_id: nullableText,
  status: Type.Enum(['sending', 'paused']),
  pauses: Type.Array(ApiPauseSchema),
  throttle: Type.Optional(Type.Union([ThrottleSchema, Type.Null()])),
  queued: Type.Object({ otp: Type.Integer(), normal: Type.Integer(), bulk: Type.Integer() }),
  oldest_due_at: nullableText,
  unknown: Type.Integer()
})
export type ApiNumber = Static<typeof ApiNumberSchema>

/** A page of numbers by their ids; `next` is the cursor of the page after it. */
export const NumberPageSchema = Type.Object({
  phone_numbers: Type.Array(ApiNumberSchema),
  next: Type.Optional(Type.String())
})
export type NumberPage = Static<typeof NumberPageSchema>

/** Meta's ids of numbers and accounts. */
const MetaIdSchema = Type.String({ pattern: '^[0-9]{1,32}$' })

export const NumberParamsSchema = Type.Object({ id: MetaIdSchema })

const change = {
  /** What an HTTP header can carry. */
  access_token: Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x21-\\x7e]+$' }),
  waba_id: Type.Optional(MetaIdSchema),
  /** Messages per second: 20 where the number is also used in the app, 80 by default, 1,000 once Meta has raised it. */
  rate: Type.Optional(
    Type.Unsafe<number | null>({ anyOf: [Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Null()] })
  ),
  default: Type.Optional(Type.Literal(true))
}

/** The body of `PUT /v1/phone-numbers/<id>`. */
export const NumberBodySchema = Type.Object(change, closed)
export type NumberBody = Static<typeof NumberBodySchema>

/** The body of `PATCH /v1/phone-numbers/<id>`: what is left out stays. */
export const NumberChangeSchema = Type.Partial(NumberBodySchema, { ...closed, minProperties: 1 })
export type NumberChangeBody = Static<typeof NumberChangeSchema>

/** The body of `POST /v1/phone-numbers/<id>/pause`. */
export const PauseBodySchema = Type.Object(
  { reason: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })) },
  closed
)

/** Its counterpart's answer: which pauses were ended, and how the number stands now. */
export const ResumeReplySchema = Type.Object({ resumed: Type.Array(ApiPauseSchema), phone_number: ApiNumberSchema })
export type ResumeReply = Static<typeof ResumeReplySchema>
