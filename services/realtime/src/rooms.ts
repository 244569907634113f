import { type Subscription } from '@wag/contracts'
import { type StoredEvent } from '@wag/db'

/** The room of a subscription. Names come from the authenticated tenant and our own ids, never from the client. */
export function roomOf(tenantId: string, subscription: Subscription): string {
  return 'tenant' in subscription ? `tenant:${tenantId}` : `contact:${tenantId}:${subscription.contact}`
}

/** Every room that may see an event. */
export function roomsOf({ tenantId, contactId }: StoredEvent): string[] {
  return [`tenant:${tenantId}`, ...(contactId === null ? [] : [`contact:${tenantId}:${contactId}`])]
}
