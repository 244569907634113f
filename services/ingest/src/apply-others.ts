import { createId, type MessageItem, type OtherItem } from '@wag/contracts'
import { type Db, type NewEvent, quarantine } from '@wag/db'
import { ofKind, type SourcedItem } from './items.ts'
import { type Metrics } from './metrics.ts'

/** A message that names nobody who could have written it. */
const noWriter = 'the message names no writer'

/**
 * Keeps a tenant's items that are neither message, status nor profile. A field of Meta's that we do not handle is told of
 * and stays in the inbox; what has no place at all is quarantined as well.
 */
export async function applyOthers(
  trx: Db,
  tenantId: string,
  items: SourcedItem[],
  metrics: Metrics
): Promise<NewEvent[]> {
  const others = ofKind(items, 'other')
  const homeless = ofKind(items, 'message').filter(({ item }) => !item.waId && !item.userId)
  const misfits = [...others.filter(({ item }) => item.field === undefined), ...homeless]
  metrics.quarantined.inc(misfits.length)
  await quarantine(
    trx,
    misfits.map(({ item, webhook }) => ({
      tenantId,
      id: createId(),
      inboxId: webhook.id,
      item: item.content,
      reason: reasonOf(item)
    }))
  )
  return [
    ...others.filter(({ item }) => item.field !== undefined).map(({ item }) => eventOf(tenantId, item)),
    ...misfits.map(({ item }) => quarantinedEvent(tenantId, reasonOf(item)))
  ]
}

function reasonOf(item: OtherItem | MessageItem): string {
  return item.kind === 'other' ? item.reason : noWriter
}

function eventOf(tenantId: string, { field, reason, phoneNumberId }: OtherItem): NewEvent {
  return {
    tenantId,
    type: 'webhook.unrecognised',
    data: { ...(field && { field }), reason, ...(phoneNumberId && { phoneNumberId }) }
  }
}

/** The event of something that was put aside. */
export function quarantinedEvent(tenantId: string, reason: string): NewEvent {
  return { tenantId, type: 'webhook.quarantined', data: { reason } }
}
