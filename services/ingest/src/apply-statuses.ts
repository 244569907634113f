import { type StatusItem, stateOfStatus } from '@wag/contracts'
import { type Db, forgetMediaUploads, type NewEvent, storeStatuses } from '@wag/db'
import { mayBeOfMedia } from '@wag/graph'
import { actOnFailures, type Failure } from './act-on-failures.ts'
import { ofKind, pastTimeOf, type SourcedItem } from './items.ts'
import { type Tally } from './tally.ts'

/**
 * A failure older than this stops and slows nothing: what is delivered late or replayed may have been put right since,
 * and where it was not, the next message says so. Also the longest for which a failure of before a resume counts.
 */
const newsMaxMs = 180_000

/** Stores a tenant's statuses, each once, moves messages forward, and returns the events that tell of it. */
export async function applyStatuses(
  trx: Db,
  tenantId: string,
  items: SourcedItem[],
  tally: Tally
): Promise<NewEvent[]> {
  const statuses = ofKind(items, 'status')
  const { events, isParked, newsOf } = await storeStatuses(
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
  const failures = statuses.flatMap((sourced, index) => failureOf(sourced, newsOf[index]) ?? [])
  if (failures.length === 0) return events
  const ofMedia = failures.filter(({ error }) => mayBeOfMedia(error.code))
  if (ofMedia.length > 0) {
    await forgetMediaUploads(
      trx,
      ofMedia.map(({ messageId }) => messageId)
    )
  }
  const reaction = await actOnFailures(trx, tenantId, failures)
  tally.pauses.push(...reaction.pauses)
  for (const [name, braking] of reaction.brakings) tally.brakings.set(name, braking)
  return [...events, ...reaction.events]
}

function failureOf(sourced: SourcedItem<StatusItem>, messageId: string | undefined): Failure | undefined {
  const { status, error } = sourced.item
  if (messageId === undefined || !error || stateOfStatus(status) !== 'failed') return undefined
  const ageMs = Date.now() - pastTimeOf(sourced).getTime()
  return ageMs <= newsMaxMs ? { messageId, error } : undefined
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
