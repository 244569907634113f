import { type Static, Type } from 'typebox'

/**
 * Every code a `GatewayError` may carry, with the HTTP status it is answered with. docs/errors.md explains each to an
 * operator, and a test holds the two lists together in both directions.
 */
export const errorCodes = {
  bad_request: 400,
  invalid_message: 400,
  invalid_media: 400,
  not_contact_number: 400,
  meta_refused: 400,
  unauthorized: 401,
  bad_signature: 401,
  bad_link: 401,
  forbidden: 403,
  bad_verify_token: 403,
  not_found: 404,
  contact_not_found: 404,
  media_not_found: 404,
  message_not_found: 404,
  webhook_not_found: 404,
  quarantine_not_found: 404,
  privacy_request_not_found: 404,
  number_not_found: 404,
  state_conflict: 409,
  log_truncated: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  bad_range: 416,
  idempotency_mismatch: 422,
  too_many_requests: 429,
  internal: 500,
  graph_unavailable: 502,
  ledger_unavailable: 503,
  media_unavailable: 503,
  overloaded: 503,
  redis_unavailable: 503
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorCodes

/** One thing that is wrong with a body: where (a JSON pointer) and which rule it breaks. */
export const ProblemSchema = Type.Object({ pointer: Type.String(), detail: Type.String() })
export type Problem = Static<typeof ProblemSchema>

/** What an error tells besides its code: its cause, whether repeating may help, and what is wrong with the body. */
export type GatewayErrorOptions = { cause?: unknown; retryable?: boolean; problems?: Problem[] }

/**
 * The one error class of this project. `message` is written for the caller and says what to change; it never holds a
 * secret, a phone number, a message text or a wamid. `retryable` defaults to true for codes of 500 and above.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly statusCode: number
  readonly retryable: boolean
  readonly problems: Problem[]

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.statusCode = errorCodes[code]
    this.retryable = options.retryable ?? this.statusCode >= 500
    this.problems = options.problems ?? []
  }
}
