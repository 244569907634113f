import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

const batchBuckets = [1, 2, 5, 10, 25, 50, 100, 200]

/** What operators watch of ingest. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    items: new Counter({
      name: 'wag_webhook_items_total',
      help: 'Items found in webhooks: message, status, contact, identity, preference, call, report, other, misfit.',
      labelNames: ['kind'],
      registers
    }),
    outcomes: new Counter({
      name: 'wag_webhook_outcomes_total',
      help: 'What items of webhooks came to: applied, parked, stored, quarantined.',
      labelNames: ['outcome'],
      registers
    }),
    quarantined: new Counter({
      name: 'wag_webhook_quarantined_total',
      help: 'Items kept aside because they could not be applied.',
      registers
    }),
    batch: new Histogram({
      name: 'wag_ingest_batch_webhooks',
      help: 'Webhooks applied by one transaction.',
      buckets: batchBuckets,
      registers
    }),
    seconds: new Histogram({ name: 'wag_ingest_batch_seconds', help: 'Time of one such transaction.', registers }),
    rung: new Counter({
      name: 'wag_ingest_rung_total',
      help: 'Webhooks the sweeper found waiting because their bell was lost or late.',
      registers
    })
  }
}
