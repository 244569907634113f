import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds; Meta answers in about a third of one. */
const graphBuckets = [0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 10, 15]

/** What operators watch of a sender. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    outcomes: new Counter({
      name: 'wag_send_outcomes_total',
      help: 'POSTs to Meta by what became of them: sent, failed, throttled, unsent, unknown.',
      labelNames: ['outcome', 'code'],
      registers
    }),
    graphSeconds: new Histogram({
      name: 'wag_graph_send_seconds',
      help: "Time of one POST to Meta's messages endpoint.",
      buckets: graphBuckets,
      registers
    }),
    rung: new Counter({
      name: 'wag_sweeper_rung_total',
      help: 'Bells the sweeper rang again because the first was lost or late.',
      registers
    }),
    direct: new Counter({
      name: 'wag_sweeper_direct_total',
      help: 'Messages sent without a queue because Redis was away.',
      registers
    }),
    expired: new Counter({
      name: 'wag_claims_expired_total',
      help: 'Claims that ran out: the message became unknown.',
      registers
    }),
    pauses: new Gauge({
      name: 'wag_pauses',
      help: 'What is paused now, by scope: app, token, waba, number, template. In the whole ledger.',
      labelNames: ['scope'],
      registers
    }),
    unknownCodes: new Counter({
      name: 'wag_unknown_codes_total',
      help: "Errors of Meta's with a code that is not in our table, by code.",
      labelNames: ['code'],
      registers
    })
  }
}
