import { type Event, type Reload } from './contract.ts'
import { RealtimeError } from './errors.ts'

export type InboxOptions = {
  after: number | undefined
  bufferedMax: number
  onEvent: (event: Event) => unknown
  onReload: (reload: Reload) => unknown
  /** The connection has to end: more waits than may, or (with the reason) what was handed over could not be handled. */
  onStuck: (error: RealtimeError | undefined) => void
  onDisorder: (error: RealtimeError) => void
}

export type Inbox = ReturnType<typeof createInbox>

type Item = { to: number; handle?: () => unknown }

/**
 * What has arrived and is not handled yet, in the order of the log. It knows two places: `received`, from which a new
 * connection goes on, and `cursor`, up to which everything is handled. It takes things only between `open` and `shut`: after a
 * failure, whatever the old connection still brings would leave a gap.
 */
export function createInbox(options: InboxOptions) {
  let cursor = options.after
  let received = options.after
  let lastOnConnection = 0
  let lag: number | undefined
  let items: Item[] = []
  let isOpen = false
  let isWorking = false
  let working: Promise<void> = Promise.resolve()

  function add(item: Item): void {
    items.push(item)
    received = item.to
    if (!isWorking) working = work()
  }

  async function work(): Promise<void> {
    isWorking = true
    try {
      for (let item = items[0]; item !== undefined; item = items[0]) {
        await item.handle?.()
        cursor = item.to
        items.shift()
      }
    } catch (error) {
      fail(error)
    } finally {
      // In the same turn in which nothing was left: whatever is added next starts it again.
      isWorking = false
    }
  }

  function fail(error: unknown): void {
    isOpen = false
    items = []
    received = cursor
    options.onStuck(new RealtimeError('handler', 'an event could not be handled and will come again', { cause: error }))
  }

  function isNew({ seq }: Event): boolean {
    if (seq <= lastOnConnection) options.onDisorder(new RealtimeError('order', `${seq} came after ${lastOnConnection}`))
    lastOnConnection = Math.max(lastOnConnection, seq)
    return received === undefined || seq > received
  }

  function handOver(event: Event): unknown {
    lag = Math.max(0, Date.now() - Date.parse(event.at))
    return options.onEvent(event)
  }

  return {
    cursor: () => cursor,
    received: () => received,
    lag: () => lag,

    /** A connection begins. */
    open(): void {
      isOpen = true
      lastOnConnection = 0
    },

    addEvent(event: Event): void {
      if (!isOpen || !isNew(event)) return
      if (items.length < options.bufferedMax) {
        add({ to: event.seq, handle: () => handOver(event) })
      } else {
        isOpen = false
        options.onStuck(undefined)
      }
    },

    /** The one thing that may lead back: a log that was restored ends before what had been seen. */
    addReload(reload: Reload): void {
      if (!isOpen) return
      lastOnConnection = reload.newest
      add({ to: reload.newest, handle: () => options.onReload(reload) })
    },

    /** The server has sent all there is for us up to `seq`: the cursor follows, though no event says so. */
    mark(seq: number): void {
      if (isOpen && (received === undefined || seq > received)) add({ to: seq })
    },

    shut(): void {
      isOpen = false
    },

    /** Forgets what waits; what is being handled goes on. */
    discard(): void {
      isOpen = false
      items = items.slice(0, 1)
      received = cursor
    },

    /** Resolves when nothing waits any more. */
    idle: (): Promise<void> => working
  }
}
