import { type Dispatcher } from 'undici'

/** The most that is read of an answer; Meta's have a few hundred bytes. */
export const answerBytesMax = 1_048_576

export type Answer = {
  status: number
  /** Seconds that a `Retry-After` asks for. Meta documents none; what stands in front of it may send one. */
  retryAfterSeconds: number | undefined
  /** Meta's `X-Business-Use-Case-Usage`, as it came: how much of the account's allowance is used up. */
  usage?: string
  body: Uint8Array
}

/** How one HTTP exchange ended. `unsent` is certain: no byte of the request was written. `lost` is everything else. */
export type Exchange =
  | { kind: 'answered'; answer: Answer }
  | { kind: 'unsent'; reason: string }
  | { kind: 'lost'; reason: string }

export type ExchangeLimits = { timeoutMs: number; signal: AbortSignal | undefined }

/**
 * One request and its whole answer, at most once on the wire: no redirect is followed, nothing is retried. `timeoutMs`
 * covers all of it: waiting for a connection, connecting, and the last byte of the answer. Never rejects.
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, signal }: ExchangeLimits
): Promise<Exchange> {
  if (signal?.aborted) return { kind: 'unsent', reason: 'stopped' }
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  const handler = new ExchangeHandler(resolve)
  const timer = setTimeout(() => handler.stop(`timed out after ${timeoutMs} ms`), timeoutMs)
  const stop = (): void => handler.stop('stopped')
  signal?.addEventListener('abort', stop)
  try {
    // Whatever goes wrong in here is told to the handler; dispatch itself does not throw.
    dispatcher.dispatch(request, handler)
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * Stands below undici's `request`, because only here is it told that a connection is there and writing begins
 * (`onRequestStart`). That moment, and no list of error codes, divides `unsent` from `lost`.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #settle: (exchange: Exchange) => void
  #controller: Dispatcher.DispatchController | undefined
  #stopReason: string | undefined
  #status = 0
  #retryAfterSeconds: number | undefined
  #usage: string | undefined
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(settle: (exchange: Exchange) => void) {
    this.#settle = settle
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A throw here keeps the request off the wire: it was given up while it waited, or undici, which puts requests back
    // into its queue when a connection ends, starts it a second time.
    if (this.#stopReason !== undefined || this.#controller !== undefined) throw new Error('must not be written')
    this.#controller = controller
  }

  // Comes for each interim answer (103) too; the last one counts.
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status
    const seconds = headers['retry-after']
    if (typeof seconds === 'string' && /^\d{1,5}$/.test(seconds)) this.#retryAfterSeconds = Number(seconds)
    const usage = headers['x-business-use-case-usage']
    if (typeof usage === 'string') this.#usage = usage
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > answerBytesMax) this.stop('answer too large')
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks)
    const answer = {
      status: this.#status,
      retryAfterSeconds: this.#retryAfterSeconds,
      ...(this.#usage !== undefined && { usage: this.#usage }),
      body
    }
    this.#settle({ kind: 'answered', answer })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const reason = this.#stopReason ?? reasonOf(error)
    this.#settle({ kind: this.#controller === undefined ? 'unsent' : 'lost', reason })
  }

  /** Gives up. undici tells an abort only to a request that has started, so one that still waits ends here. */
  stop(reason: string): void {
    this.#stopReason ??= reason
    if (this.#controller === undefined) this.#settle({ kind: 'unsent', reason })
    else this.#controller.abort(new Error(reason))
  }
}

/** Only the code or the class of an error: messages name hosts and may quote what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
