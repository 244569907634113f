import { type WebhookItem } from '@wag/contracts'
import { type RawWebhook } from '@wag/db'

/** An item with the body it came in. */
export type SourcedItem<Item extends WebhookItem = WebhookItem> = { item: Item; webhook: RawWebhook }

/** The items of one kind. */
export function ofKind<Kind extends WebhookItem['kind']>(
  items: SourcedItem[],
  kind: Kind
): SourcedItem<Extract<WebhookItem, { kind: Kind }>>[] {
  return items.filter((entry): entry is SourcedItem<Extract<WebhookItem, { kind: Kind }>> => entry.item.kind === kind)
}
