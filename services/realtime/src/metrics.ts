import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds; from a hint on the same machine to a lost hint that the slow look repairs. */
const latencyBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5]

/** What operators watch of a realtime node. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    connections: new Gauge({ name: 'wag_realtime_connections', help: 'Sockets connected to this node.', registers }),
    rooms: new Gauge({ name: 'wag_realtime_rooms', help: 'Rooms with a subscriber on this node.', registers }),
    streams: new Gauge({ name: 'wag_realtime_streams', help: 'Event streams (SSE) open on this node.', registers }),
    emitted: new Counter({
      name: 'wag_realtime_events_total',
      help: 'Events of the log that this node handed to its rooms.',
      registers
    }),
    backfills: new Counter({
      name: 'wag_realtime_backfills_total',
      help: 'Sockets that were brought up to date from the log.',
      registers
    }),
    backfilled: new Counter({
      name: 'wag_realtime_backfilled_events_total',
      help: 'Events sent to sockets while they were brought up to date.',
      registers
    }),
    reloads: new Counter({
      name: 'wag_realtime_reloads_total',
      help: 'Sockets told to load anew because the log no longer reached back to them.',
      registers
    }),
    reads: new Counter({
      name: 'wag_realtime_log_reads_total',
      help: 'Reads of the ledger: live (the end of a log) and backfill (an older block).',
      labelNames: ['kind'],
      registers
    }),
    cut: new Counter({
      name: 'wag_realtime_cut_total',
      help: 'Sockets cut, by reason: slow, frames, revoked.',
      labelNames: ['reason'],
      registers
    }),
    refused: new Counter({
      name: 'wag_realtime_refused_total',
      help: 'Connections refused, by reason: origin, full, key, address, credentials.',
      labelNames: ['reason'],
      registers
    }),
    hintToEmit: new Histogram({
      name: 'wag_realtime_hint_to_emit_seconds',
      help: 'From a hint to the last emit of what it told of.',
      buckets: latencyBuckets,
      registers
    }),
    commitToEmit: new Histogram({
      name: 'wag_realtime_commit_to_emit_seconds',
      help: "From an event's entry in the ledger (its clock) to its emit (ours).",
      buckets: latencyBuckets,
      registers
    })
  }
}
