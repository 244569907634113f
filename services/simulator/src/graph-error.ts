// HTTP status and title of the codes a send can be refused with, as Meta's page of November 2025 has them.
const refusals = new Map<number, readonly [status: number, title: string]>([
  [0, [401, 'AuthException']],
  [1, [400, 'API Unknown']],
  [2, [503, 'API Service']],
  [3, [500, 'API Method']],
  [4, [400, 'Application request limit reached']],
  [10, [403, 'Permission Denied']],
  [33, [400, 'Parameter value is not valid']],
  [100, [400, 'Invalid parameter']],
  [190, [401, 'Access token has expired']],
  [368, [403, 'Temporarily blocked for policies violations']],
  [80007, [400, 'Rate limit issues']],
  [130429, [400, 'Rate limit hit']],
  [130472, [400, "User's number is part of an experiment"]],
  [130497, [403, 'Business account is restricted from messaging users in this country']],
  [131000, [500, 'Something went wrong']],
  [131005, [403, 'Access denied']],
  [131008, [400, 'Required parameter is missing']],
  [131009, [400, 'Parameter value is not valid']],
  [131016, [500, 'Service unavailable']],
  [131021, [400, 'Recipient cannot be sender']],
  [131026, [400, 'Message undeliverable']],
  [131030, [400, 'Recipient phone number not in allowed list']],
  [131031, [403, 'Account has been locked']],
  [131041, [400, 'Group unknown']],
  [131042, [400, 'Business eligibility payment issue']],
  [131047, [400, 'Re-engagement message']],
  [131048, [400, 'Spam rate limit hit']],
  [131049, [400, 'This message was not delivered to maintain healthy ecosystem engagement.']],
  [131050, [400, 'User has stopped receipt of marketing messages']],
  [131051, [400, 'Unsupported message type']],
  [131052, [400, 'Media download error']],
  [131053, [400, 'Media upload error']],
  [131056, [400, '(Business Account, Consumer Account) pair rate limit hit']],
  [131057, [500, 'Account in maintenance mode']],
  [132000, [400, 'Number of parameters does not match the expected number of params']],
  [132001, [404, 'Template name does not exist in the translation']],
  [132012, [400, 'Parameter format does not match format in the created template']],
  [132015, [400, 'Template is Paused']],
  [132016, [400, 'Template is Disabled']],
  [133004, [503, 'Server Temporarily Unavailable']],
  [133010, [400, 'Phone number not registered']]
])

/** The title of one of Meta's codes, as it stands in errors and in failed statuses. */
export function titleOf(code: number): string {
  return refusals.get(code)?.[1] ?? 'Unknown error'
}

type GraphErrorOptions = { message?: string; details?: string; subcode?: number; status?: number; type?: string }

/** An answer other than success, in the shape the Graph API gives it. */
export class GraphError extends Error {
  readonly statusCode: number
  readonly code: number
  readonly options: GraphErrorOptions

  constructor(code: number, options: GraphErrorOptions = {}) {
    super(options.message ?? `(#${code}) ${titleOf(code)}`)
    this.name = 'GraphError'
    this.code = code
    this.statusCode = options.status ?? refusals.get(code)?.[0] ?? 400
    this.options = options
  }

  envelope(traceId: string) {
    const { details, subcode, type = 'OAuthException' } = this.options
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        ...(details !== undefined && { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode !== undefined && { error_subcode: subcode }),
        fbtrace_id: traceId
      }
    }
  }
}

/** What Graph says to an id that is not there, or not for this token. */
export function unknownObject(method: string, id: string): GraphError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing ` +
    'permissions, or does not support this operation. Please read the Graph API documentation at ' +
    'https://developers.facebook.com/docs/graph-api'
  return new GraphError(100, { message, subcode: 33, type: 'GraphMethodException' })
}
