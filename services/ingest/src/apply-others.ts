import { createId, type WebhookItem } from '@wag/contracts'
import { type Db, type NewEvent, quarantine } from '@wag/db'
import { ofKind, type SourcedItem } from './items.ts'
import { type Metrics } from './metrics.ts'

/** Items that change nothing here. */
const told = new Set<WebhookItem['kind']>(['other', 'report', 'preference', 'call', 'identity'])

/**
 * Keeps a tenant's items that are neither message, status nor profile. What we do not act on is told of and stays in the
 * inbox; what has no place at all is quarantined as well.
 */
export async function applyOthers(
  trx: Db,
  tenantId: string,
  items: SourcedItem[],
  metrics: Metrics
): Promise<NewEvent[]> {
  const others = items.filter(({ item }) => told.has(item.kind))
  const misfits = ofKind(items, 'misfit')
  metrics.quarantined.inc(misfits.length)
  const entries = misfits.map(({ item, webhook }) => ({
    tenantId,
    id: createId(),
    inboxId: webhook.id,
    item: item.content,
    reason: item.reason
  }))
  const fresh = await quarantine(trx, entries)
  return [
    ...others.map(({ item }) => eventOf(tenantId, item)),
    ...entries.filter(({ id }) => fresh.has(id)).map(({ reason }) => quarantinedEvent(tenantId, reason))
  ]
}

function eventOf(tenantId: string, item: WebhookItem): NewEvent {
  return {
    tenantId,
    type: 'webhook.unrecognised',
    data: {
      ...('field' in item && item.field && { field: item.field }),
      reason: 'reason' in item && item.reason ? item.reason : item.kind,
      ...(item.phoneNumberId && { phoneNumberId: item.phoneNumberId })
    }
  }
}

/** The event of something that was put aside. */
export function quarantinedEvent(tenantId: string, reason: string): NewEvent {
  return { tenantId, type: 'webhook.quarantined', data: { reason } }
}
