import { timeOfId, type WebhookItem } from '@wag/contracts'
import { type RawWebhook } from '@wag/db'

/** An item with the body it came in. */
export type SourcedItem<Item extends WebhookItem = WebhookItem> = { item: Item; webhook: RawWebhook }

type Kind = WebhookItem['kind']

/** The items of some kinds. */
export function ofKind<Wanted extends Kind>(
  items: SourcedItem[],
  ...kinds: Wanted[]
): SourcedItem<Extract<WebhookItem, { kind: Wanted }>>[] {
  const wanted: Kind[] = kinds
  return items.filter((entry): entry is SourcedItem<Extract<WebhookItem, { kind: Wanted }>> =>
    wanted.includes(entry.item.kind)
  )
}

/** When the body came, in milliseconds: the same each time it is applied. */
export function receivedAt({ webhook }: SourcedItem): number {
  return timeOfId(webhook.id)
}

/** Meta's time, or that of the body where it told none. */
export function timeOf(sourced: SourcedItem): Date {
  const { item } = sourced
  return 'at' in item && item.at !== undefined ? new Date(item.at) : new Date(receivedAt(sourced))
}

/** The same, but no later than the body: what claims to be of next year must not stay the newest until then. */
export function pastTimeOf(sourced: SourcedItem): Date {
  return new Date(Math.min(timeOf(sourced).getTime(), receivedAt(sourced)))
}
