import { giveWay } from '@wag/bus'
import { type Applied } from './apply.ts'
import { type IngestContext } from './context.ts'
import { tell } from './tell.ts'

const outcomes = ['applied', 'parked', 'stored', 'quarantined'] as const

/** Counts what a transaction came to, tells that the log has grown, slows the senders of busy numbers, and rings for media. Only after its commit. */
export function announce(context: IngestContext, applied: Applied | undefined): void {
  if (!applied) return
  const { metrics, pace, log } = context
  for (const [kind, items] of Map.groupBy(applied.items, ({ item }) => item.kind)) {
    metrics.items.inc({ kind }, items.length)
  }
  for (const { result } of applied.tally.processed()) {
    if (!result) continue
    for (const outcome of outcomes) if (result[outcome] > 0) metrics.outcomes.inc({ outcome }, result[outcome])
    metrics.quarantined.inc(result.quarantined)
  }
  tell(context, applied.ends)
  // Meta's limit of a number counts both directions.
  for (const [number, many] of applied.tally.inbound) {
    pace.debit(number, many).catch((error: unknown) => log.debug({ err: error }, 'a pace was not debited'))
  }
  for (const { brake, ...send } of applied.tally.brakings.values()) {
    giveWay(pace, send, brake).catch((error: unknown) => log.debug({ err: error }, 'a pace did not give way'))
  }
  for (const { scope, reason, error, resumesAfterMs } of applied.tally.pauses) {
    log.warn({ scope, reason, code: error?.code, resumesAfterMs }, 'sending is paused')
  }
  if (applied.tally.media > 0) context.media.ring(applied.tally.media)
}
