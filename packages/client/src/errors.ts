/**
 * What kept a connection from standing, or ended it. `code` is one of the server's (`unauthorized`, `forbidden`,
 * `not_found`, `bad_request`, `too_many`, `too_many_connections`, `unavailable`) or one of ours:
 *
 * - `unreachable`: there was no connection; also a page of an Origin that may not connect, and a node that is full
 * - `timeout`: it did not come about in time
 * - `disconnected`: it was cut, by the network or the server
 * - `token`: the token function failed
 * - `handler`: `onEvent` or `onReload` failed; the event will come again
 * - `reload`: events are missing and nobody listens to `onReload`
 * - `order`: the server sent an event again, or too late
 * - `closed`: `close` was called
 */
export class RealtimeError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'RealtimeError'
    this.code = code
  }
}

/** The server's refusals begin with their code; whatever else failed to connect never reached it. */
export function refusalOf(error: Error): RealtimeError {
  const [, code] = /^([a-z_]+): /.exec(error.message) ?? []
  if (code !== undefined) return new RealtimeError(code, error.message, { cause: error })
  return new RealtimeError('unreachable', `cannot connect: ${error.message}`, { cause: error })
}
