// HTTP status and title of the codes a send can be refused with, as Meta's page of November 2025 has them.
const refusals = new Map<number, readonly [status: number, title: string]>([
  [0, [401, 'AuthException']],
  [1, [400, 'API Unknown']],
  [2, [503, 'API Service']],
  [3, [500, 'API Method']],
  [4, [400, 'Application request limit reached']],
  [10, [403, 'Permission Denied']],
  [17, [400, 'User request limit reached']],
  [33, [400, 'Parameter value is not valid']],
  [100, [400, 'Invalid parameter']],
  [102, [401, 'API Session']],
  [104, [400, 'Incorrect signature']],
  [190, [401, 'Access token has expired']],
  [341, [400, 'Application limit reached']],
  [368, [403, 'Temporarily blocked for policies violations']],
  [613, [400, 'Calls to this API have exceeded the rate limit']],
  [80007, [400, 'Rate limit issues']],
  [80008, [400, 'Rate limit issues']],
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
  [131035, [400, 'Webhook delivery failed']],
  [131036, [400, 'Message payload not found']],
  [131037, [400, 'WhatsApp provided number needs display name approval']],
  [131041, [400, 'Group unknown']],
  [131042, [400, 'Business eligibility payment issue']],
  [131044, [400, 'Business eligibility payment issue']],
  [131045, [500, 'Incorrect certificate']],
  [131047, [400, 'Re-engagement message']],
  [131048, [400, 'Spam rate limit hit']],
  [131049, [400, 'This message was not delivered to maintain healthy ecosystem engagement.']],
  [131050, [400, 'User has stopped receipt of marketing messages']],
  [131051, [400, 'Unsupported message type']],
  [131052, [400, 'Media download error']],
  [131053, [400, 'Media upload error']],
  [131055, [400, 'Method not allowed']],
  [131056, [400, '(Business Account, Consumer Account) pair rate limit hit']],
  [131057, [500, 'Account in maintenance mode']],
  [131062, [400, 'Business-scoped User ID recipients are not supported for this message']],
  [131063, [400, 'Marketing templates are disabled for Cloud API']],
  [131064, [400, 'Message failed to send because of a messaging limit']],
  [131207, [403, 'Group suspended']],
  [131208, [429, 'Group rate limit hit']],
  [132000, [400, 'Number of parameters does not match the expected number of params']],
  [132001, [404, 'Template name does not exist in the translation']],
  [132005, [400, 'Template hydrated text too long']],
  [132007, [400, 'Template format character policy violated']],
  [132012, [400, 'Parameter format does not match format in the created template']],
  [132015, [400, 'Template is Paused']],
  [132016, [400, 'Template is Disabled']],
  [132068, [400, 'Flow is blocked']],
  [132069, [400, 'Flow is throttled']],
  [133000, [500, 'Incomplete deregistration']],
  [133004, [503, 'Server Temporarily Unavailable']],
  [133006, [400, 'Phone number re-verification needed']],
  [133010, [400, 'Phone number not registered']],
  [133016, [400, 'Account register deregister rate limit exceeded']],
  [134011, [400, 'WhatsApp Payments terms of service has not been accepted']],
  [134101, [400, 'Your template is still syncing']],
  [134102, [500, 'Template unavailable for use']],
  [135000, [400, 'Generic user error']],
  [137000, [400, 'Recipient identity key hash mismatch']],
  [2494100, [500, 'Account is in maintenance mode']]
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
