import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

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
    signed: new Counter({
      name: 'wag_webhooks_signed_total',
      help: 'Webhook bodies by the app and the secret that signed them; place 1 is the newer of two.',
      labelNames: ['app', 'place'],
      registers
    }),
    spooled: new Counter({
      name: 'wag_webhooks_spooled_total',
      help: 'Webhook bodies kept in the spool because the ledger was away.',
      registers
    }),
    replayed: new Counter({
      name: 'wag_spool_replayed_total',
      help: 'Webhook bodies brought from the spool to the ledger.',
      registers
    }),
    damaged: new Counter({
      name: 'wag_spool_damaged_total',
      help: 'Pieces of the spool whose bytes changed on disk; they are in quarantine.',
      registers
    }),
    uploads: new Counter({
      name: 'wag_media_uploads_total',
      help: 'Files for Meta by outcome: uploaded, known (Meta had it already), failed.',
      labelNames: ['outcome'],
      registers
    }),
    links: new Counter({
      name: 'wag_media_links_total',
      help: 'Links fetched for a message by outcome: fetched, failed.',
      labelNames: ['outcome'],
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

/** How much waits in the spool. */
export function measureSpool(registry: Registry, size: () => number): void {
  new Gauge({
    name: 'wag_spool_bytes',
    help: 'Bytes in the spool that the ledger does not have yet.',
    registers: [registry],
    collect() {
      this.set(size())
    }
  })
}
