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
    overdue: new Gauge({
      name: 'wag_send_overdue_seconds',
      help: 'How long the longest waiting message has been due that may be sent.',
      registers
    }),
    unknown: new Gauge({
      name: 'wag_send_unknown',
      help: 'Messages that are unknown now, in the whole ledger.',
      registers
    }),
    unsettled: new Counter({
      name: 'wag_send_unsettled_total',
      help: 'Messages reported because nothing settled them in time.',
      registers
    }),
    expired: new Counter({
      name: 'wag_send_expired_total',
      help: 'Messages that waited until they expired.',
      registers
    }),
    claimsExpired: new Counter({
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
    }),
    throttles: new Counter({
      name: 'wag_send_throttles_total',
      help: 'Answers by which Meta asked to slow down, by what they are about.',
      labelNames: ['scope'],
      registers
    }),
    paced: new Counter({
      name: 'wag_send_paced_total',
      help: "Messages put back because their recipient's limit was reached.",
      registers
    }),
    missed: new Counter({
      name: 'wag_send_slots_missed_total',
      help: 'Slots of the pace this process was too late for.',
      registers
    })
  }
}

/** What is counted when somebody looks. */
export function watchSizes(registry: Registry, sizes: { lanes: () => number; inFlight: () => number }): void {
  const registers = [registry]
  new Gauge({
    name: 'wag_send_lanes',
    help: 'Phone numbers this process is sending from, or waiting for.',
    registers,
    collect() {
      this.set(sizes.lanes())
    }
  })
  new Gauge({
    name: 'wag_send_in_flight',
    help: 'Messages this process has claimed and not recorded.',
    registers,
    collect() {
      this.set(sizes.inFlight())
    }
  })
}
