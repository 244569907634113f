import { type ClaimedMedia, claimMedia, recordMedia, releaseMedia, renewMedia } from '@wag/db'
import { every } from '@wag/service'
import { type MediaContext } from './context.ts'
import { type Fetched, fetchMedia } from './fetch.ts'
import { afterTrouble } from './retry.ts'

/** A killed process's downloads are taken over after this, in milliseconds. */
const leaseMs = 20_000
const renewIntervalMs = 5_000

export type FetcherOptions = {
  /** Downloads at once. */
  concurrency: number
  /** How often the ledger is looked at without a bell, in milliseconds. */
  intervalMs: number
}

export type Fetcher = {
  /** Looks for media that are due now. */
  wake(): void
  /** Begins no more downloads, ends those under way and gives them back. */
  stop(): Promise<void>
}

type Running = { media: ClaimedMedia; stop: AbortController; ended: Promise<void> }

/** Fetches what is due, so many at once, whoever rang for it. */
export function startFetcher(context: MediaContext, { concurrency, intervalMs }: FetcherOptions): Fetcher {
  const { db, log } = context
  const running = new Map<string, Running>()
  let filling: Promise<void> | undefined
  let isWanted = false
  let isStopped = false
  const onError = (error: unknown): void => log.warn({ err: error }, 'media could not be claimed')

  function wake(): void {
    isWanted = true
    filling ??= fill().finally(() => {
      filling = undefined
    })
  }

  async function fill(): Promise<void> {
    while (isWanted && !isStopped) {
      isWanted = false
      const free = concurrency - running.size
      if (free === 0) return
      for (const media of await claimMedia(db, free, leaseMs).catch(noneOf)) begin(media)
    }
  }

  function noneOf(error: unknown): [] {
    onError(error)
    return []
  }

  function begin(media: ClaimedMedia): void {
    const stop = new AbortController()
    const ended = fetchAndRecord(context, media, stop.signal)
      .catch((error: unknown) => log.warn({ err: error, mediaId: media.id }, 'a download could not be recorded'))
      .then(() => {
        running.delete(media.claim + media.id)
        if (!isStopped) wake()
      })
    running.set(media.claim + media.id, { media, stop, ended })
  }

  const looks = every(intervalMs, async () => wake(), onError)
  const renewals = every(
    renewIntervalMs,
    async () => {
      const entries = [...running.values()]
      if (entries.length === 0) return
      const held = await renewMedia(
        db,
        entries.map(({ media }) => media),
        leaseMs
      )
      for (const { media, stop } of entries) if (!held.has(media.id)) stop.abort()
    },
    onError
  )

  return {
    wake,
    async stop() {
      isStopped = true
      await Promise.all([looks.stop(), renewals.stop(), filling])
      const entries = [...running.values()]
      for (const { stop } of entries) stop.abort()
      await Promise.all(entries.map(({ ended }) => ended))
    }
  }
}

async function fetchAndRecord(context: MediaContext, media: ClaimedMedia, stop: AbortSignal): Promise<void> {
  const { db, publisher, metrics, log } = context
  const stopTimer = metrics.seconds.startTimer()
  const fetched = await fetchMedia(context, media, stop)
  stopTimer()
  if (fetched.kind === 'lost') return
  // Told to stop, what came of it says nothing.
  if (fetched.kind === 'trouble' && stop.aborted) return releaseMedia(db, [media])
  const outcome = outcomeOf(fetched, media, context.limits.retryMs)
  metrics.outcomes.inc({ outcome: outcome.kind === 'ended' ? outcome.state : outcome.kind })
  if (outcome.kind === 'stored') metrics.bytes.inc(outcome.bytes)
  else
    log.info(
      { mediaId: media.id, attempts: media.attempts, outcome: outcome.kind, reason: outcome.reason },
      'a medium was not stored'
    )
  for (const end of await recordMedia(db, media, outcome)) {
    publisher.eventsGrew(end).catch((error: unknown) => log.debug({ err: error }, 'a hint was not published'))
  }
}

function outcomeOf(fetched: Exclude<Fetched, { kind: 'lost' }>, media: ClaimedMedia, retryMs: number) {
  if (fetched.kind === 'stored') return fetched
  if (fetched.kind === 'refused') return { kind: 'ended' as const, state: 'refused' as const, reason: fetched.reason }
  const { reason, kind } = fetched.trouble
  const next = afterTrouble(fetched.trouble, media, retryMs, { now: Date.now(), jitter: Math.random() })
  if (typeof next === 'string') return { kind: 'ended' as const, state: next, reason }
  return { kind: 'again' as const, reason, delayMs: next.delayMs, isFault: kind !== 'away' }
}
