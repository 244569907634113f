import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Items in one group commit. */
const batchBuckets = [1, 2, 5, 10, 25, 50, 100, 200, 500]

/** What operators watch of a gateway. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    accepted: new Counter({
      name: 'wag_messages_accepted_total',
      help: 'Messages committed to the ledger.',
      registers
    }),
    webhooks: new Counter({
      name: 'wag_webhooks_stored_total',
      help: 'Webhook bodies committed to the inbox.',
      registers
    }),
    refused: new Counter({
      name: 'wag_webhooks_refused_total',
      help: 'Webhook bodies whose signature was missing or wrong.',
      registers
    }),
    batch: new Histogram({
      name: 'wag_group_commit_items',
      help: 'Rows committed by one statement.',
      labelNames: ['table'],
      buckets: batchBuckets,
      registers
    }),
    unrung: new Counter({
      name: 'wag_bells_lost_total',
      help: 'Bells Redis did not take; the sweeper rings them.',
      labelNames: ['queue'],
      registers
    })
  }
}
