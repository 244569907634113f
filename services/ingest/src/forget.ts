import { isId, type WebhookItem } from '@wag/contracts'
import {
  blankWebhooks,
  type Db,
  type Erased,
  findErased,
  findErasedMessages,
  findErasedWamids,
  hasErased
} from '@wag/db'
import { receivedAt, type SourcedItem } from './items.ts'
import { namesIn, namesInBytes } from './names-in.ts'
import { type Tally } from './tally.ts'

/** Takes out of a tenant's items what speaks of persons who were erased. */
export type Forget = (trx: Db, tenantId: string, items: SourcedItem[], tally: Tally) => Promise<SourcedItem[]>

/**
 * What comes late about somebody who was erased does not bring them back: what they wrote before, statuses of what was
 * sent to them, profiles. Such items are left out and the bodies they came in are emptied, once what the bodies say of
 * others has been applied. Whoever writes anew is a new contact.
 */
export function createForget(encryptionKey: string): Forget {
  return async (trx, tenantId, items, tally) => {
    if (items.length === 0 || !(await hasErased(trx, tenantId))) return items
    const known = await lookUp(trx, tenantId, items, encryptionKey)
    const forgotten = items.filter((sourced) => isForgotten(sourced, known))
    if (forgotten.length === 0) return items
    tally.count(forgotten, 'stored')
    await blankWebhooks(trx, [...new Set(forgotten.map(({ webhook }) => webhook.id))])
    const gone = new Set(forgotten)
    return items.filter((sourced) => !gone.has(sourced))
  }
}

type Known = {
  erased: Map<string, Erased>
  /** Names of those who were erased and came again, in these very items. */
  writers: Set<string>
  /** Wamids of messages that were erased, and our own ids of them. */
  wamids: Set<string>
  messageIds: Set<string>
}

async function lookUp(trx: Db, tenantId: string, items: SourcedItem[], encryptionKey: string): Promise<Known> {
  const erased = await findErased(trx, tenantId, items.flatMap(namesOf), encryptionKey)
  const comers = items.filter((sourced) => isAnew(sourced, erased))
  const wamids = items.flatMap(({ item }) => ('wamid' in item ? item.wamid : []))
  const echoes = items.flatMap(({ item }) => echoOf(item) ?? [])
  return {
    erased,
    writers: new Set(comers.flatMap(namesOf)),
    wamids: await findErasedWamids(trx, tenantId, wamids, encryptionKey),
    messageIds: await findErasedMessages(trx, tenantId, echoes)
  }
}

function isForgotten(sourced: SourcedItem, { erased, writers, wamids, messageIds }: Known): boolean {
  const { item } = sourced
  if ('wamid' in item && wamids.has(item.wamid)) return true
  if (messageIds.has(echoOf(item) ?? '')) return true
  return namesOf(sourced).some((name) => {
    const person = erased.get(name)
    return person !== undefined && (isBefore(sourced, person) || !(person.isBack || writers.has(name)))
  })
}

/** Whether somebody who was erased wrote or called after that: then they are a contact again. */
function isAnew(sourced: SourcedItem, erased: Map<string, Erased>): boolean {
  const { item } = sourced
  const comes = (item.kind === 'message' && item.type !== 'system') || (item.kind === 'call' && item.isInbound)
  if (!comes) return false
  return namesOf(sourced).some((name) => {
    const person = erased.get(name)
    return person !== undefined && !isBefore(sourced, person)
  })
}

/**
 * Whether something was said before its person was erased: it was here by then, or Meta says so. Meta tells whole seconds:
 * what comes later and is of that second itself is new.
 */
function isBefore(sourced: SourcedItem, { erasedAt }: Erased): boolean {
  const { item } = sourced
  if (receivedAt(sourced) < erasedAt.getTime()) return true
  return 'at' in item && item.at !== undefined && Date.parse(item.at) < Math.floor(erasedAt.getTime() / 1_000) * 1_000
}

/** Whoever an item names, by number or user id. */
function namesOf({ item, webhook }: SourcedItem): string[] {
  switch (item.kind) {
    case 'status':
      return present([item.recipientWaId, item.recipientUserId, item.participant])
    case 'misfit':
      // A body that is no JSON is one item, which says nothing: what there is of names stands in its bytes.
      return item.content === null ? namesInBytes(webhook.body) : namesIn(item.content)
    case 'other':
    case 'report':
      return namesIn(item.content)
    default: {
      const former = 'former' in item ? item.former : undefined
      return present([item.waId, item.userId, former?.waId, former?.userId])
    }
  }
}

function present(names: (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined)
}

/** Our own id of the message that a status is about. */
function echoOf(item: WebhookItem): string | undefined {
  return item.kind === 'status' && isId(item.callbackData) ? item.callbackData : undefined
}
