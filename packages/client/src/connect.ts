import { RealtimeError } from './errors.ts'
import { createInbox } from './inbox.ts'
import { type Connection, type ConnectOptions, defaultBufferedMax, defaultTiming, type State } from './options.ts'
import { delayAfter, goodMs, pause } from './pause.ts'
import { runSession, type Session } from './session.ts'
import { createSubscriptions } from './subscriptions.ts'

/**
 * Follows the event log of a gateway: every event of the subscriptions, in order, each once, across lost connections and
 * restarts of the server, for as long as the log reaches back to the cursor. Returns at once; it never gives up by itself.
 */
export function connect(options: ConnectOptions): Connection {
  const timing = { ...defaultTiming, ...options.timing }
  const closing = new AbortController()
  let state: State = 'connecting'
  let ending = new AbortController()
  let failure: RealtimeError | undefined

  const onError = (error: RealtimeError): void => tell(options.onError, error)
  const setState = (next: State): void => {
    if (next === state) return
    state = next
    tell(options.onState, next)
  }
  const inbox = createInbox({
    after: options.after,
    bufferedMax: options.bufferedMax ?? defaultBufferedMax,
    onEvent: options.onEvent,
    onReload: options.onReload ?? (() => onError(new RealtimeError('reload', 'events were lost for good'))),
    onStuck: (error) => {
      failure = error
      ending.abort()
    },
    onDisorder: onError
  })
  const subscriptions = createSubscriptions(options.subscriptions, {
    restart: () => ending.abort(),
    closing: closing.signal
  })

  async function runOnce(): Promise<RealtimeError | undefined> {
    setState('connecting')
    failure = undefined
    ending = new AbortController()
    closing.signal.addEventListener('abort', () => ending.abort(), { signal: ending.signal })
    const onStanding = (session: Session): void => {
      setState('connected')
      subscriptions.stand(session)
    }
    const { url, token } = options
    const error = await runSession(
      { url, token, timing, inbox, subscriptions: subscriptions.list, onStanding },
      ending.signal
    )
    subscriptions.fall()
    ending.abort()
    return error ?? failure
  }

  async function run(): Promise<void> {
    let failures = 0
    const aborted = new Promise((resolve) => closing.signal.addEventListener('abort', resolve))
    while (!closing.signal.aborted) {
      const since = Date.now()
      const error = await runOnce()
      if (closing.signal.aborted) break
      setState('waiting')
      if (error) {
        onError(error)
        if (Date.now() - since > goodMs) failures = 0
        await pause(delayAfter(error, failures++, timing), closing.signal)
      }
      await Promise.race([inbox.idle(), aborted])
    }
    await inbox.idle()
    setState('closed')
  }

  const closed = run()
  return {
    get state() {
      return state
    },
    get cursor() {
      return inbox.cursor()
    },
    get lag() {
      return inbox.lag()
    },
    ready: async () => void (await subscriptions.standing()),
    add: (subscription) => subscriptions.add(subscription),
    remove: (subscription) => subscriptions.remove(subscription),
    close() {
      inbox.discard()
      closing.abort()
    },
    closed
  }
}

/** In a turn of its own: what a listener throws is the program's, and must not end the connection. */
function tell<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  if (listener) queueMicrotask(() => listener(value))
}
