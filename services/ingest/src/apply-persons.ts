import { type WebhookItem } from '@wag/contracts'
import { type Db, type NewEvent, type Opt, type Profile, storeOpts, upsertContacts } from '@wag/db'
import { ofKind, pastTimeOf, type SourcedItem } from './items.ts'
import { type Tally } from './tally.ts'

/** Who the items are about. */
export type Persons = { contactIdOf(item: WebhookItem): number | undefined; events: NewEvent[] }

/** Meta's error for a customer who wants no marketing. */
const optedOutCode = 131050

/** Makes sure that everybody whom a tenant's items name has a contact, and takes in what they say of persons alone. */
export async function applyPersons(trx: Db, tenantId: string, items: SourcedItem[], tally: Tally): Promise<Persons> {
  const seen = items.flatMap((sourced) => {
    const profile = profileOf(sourced)
    return profile ? [{ sourced, profile }] : []
  })
  const { ids, events } = await upsertContacts(
    trx,
    tenantId,
    seen.map(({ profile }) => profile)
  )
  const byItem = new Map(seen.map(({ sourced }, index) => [sourced.item, ids[index]]))
  const contactIdOf = (item: WebhookItem): number | undefined => byItem.get(item)
  tally.count(ofKind(items, 'contact', 'identity', 'preference'), 'applied')
  const opts = items.flatMap((sourced) => optOf(sourced, contactIdOf(sourced.item)) ?? [])
  return { contactIdOf, events: [...events, ...(await storeOpts(trx, tenantId, opts))] }
}

function profileOf(sourced: SourcedItem): Profile | undefined {
  const { item } = sourced
  const at = pastTimeOf(sourced)
  switch (item.kind) {
    case 'message':
    case 'contact':
      return { ...idsOf(item), name: item.profileName, username: item.username, former: formerOf(item), at }
    case 'identity':
      return { ...idsOf(item), former: item.former, at }
    case 'preference':
      return { ...idsOf(item), at }
    case 'call':
      return item.waId === undefined && item.userId === undefined ? undefined : { ...idsOf(item), at }
    case 'status':
      // Statuses name whom we wrote to, who has a contact; only their wishes may outlive what we know.
      if (item.error?.code !== optedOutCode || (!item.recipientWaId && !item.recipientUserId)) return undefined
      return { waId: item.recipientWaId, userId: item.recipientUserId, at }
    default:
      return undefined
  }
}

function idsOf({ waId, userId, parentUserId }: { waId?: string; userId?: string; parentUserId?: string }) {
  return { waId, userId, parentUserId }
}

function formerOf(item: Extract<WebhookItem, { kind: 'message' | 'contact' }>) {
  return item.kind === 'message' ? item.former : undefined
}

function optOf(sourced: SourcedItem, contactId: number | undefined): Opt | undefined {
  const { item } = sourced
  if (contactId === undefined) return undefined
  const at = pastTimeOf(sourced)
  if (item.kind === 'status') return { contactId, isOut: true, at }
  if (item.kind !== 'preference' || (item.category ?? 'marketing_messages') !== 'marketing_messages') return undefined
  return { contactId, isOut: item.value === 'stop', at }
}
