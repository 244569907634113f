import { type StatusItem } from '@wag/contracts'
import { type Db, type NewEvent, storeStatuses } from '@wag/db'
import { ofKind, type SourcedItem } from './items.ts'

/** Stores a tenant's statuses, each once, moves messages forward, and returns the events that tell of it. */
export function applyStatuses(trx: Db, tenantId: string, items: SourcedItem[]): Promise<NewEvent[]> {
  const statuses = ofKind(items, 'status').map(({ item }) => statusOf(item))
  return storeStatuses(trx, tenantId, statuses)
}

function statusOf(item: StatusItem) {
  return {
    wamid: item.wamid,
    status: item.status,
    participant: item.participant ?? '',
    messageId: item.callbackData,
    at: item.at === undefined ? undefined : new Date(item.at),
    error: item.error,
    content: item.content
  }
}
