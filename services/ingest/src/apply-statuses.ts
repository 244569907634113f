import { type StatusItem } from '@wag/contracts'
import { type Db, type NewEvent, storeStatuses } from '@wag/db'
import { ofKind, type SourcedItem } from './items.ts'
import { type Tally } from './tally.ts'

/** Stores a tenant's statuses, each once, moves messages forward, and returns the events that tell of it. */
export async function applyStatuses(
  trx: Db,
  tenantId: string,
  items: SourcedItem[],
  tally: Tally
): Promise<NewEvent[]> {
  const statuses = ofKind(items, 'status')
  const { events, isParked } = await storeStatuses(
    trx,
    tenantId,
    statuses.map(({ item }) => statusOf(item))
  )
  tally.count(
    statuses.filter((_, index) => !isParked[index]),
    'applied'
  )
  tally.count(
    statuses.filter((_, index) => isParked[index]),
    'parked'
  )
  return events
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
