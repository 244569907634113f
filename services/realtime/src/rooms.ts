import { type Event, type EventType, type Subscription } from '@wag/contracts'
import { type StoredEvent } from '@wag/db'
import { explain } from '@wag/graph/errors'

/**
 * Rooms are named by the authenticated tenant, our own ids and the event's type, never by the client. A subscription to
 * all types is one room, one to some types a room each.
 */
function roomName(tenantId: string, scope: string, type: EventType | '*'): string {
  return `${tenantId}|${scope}|${type}`
}

function scopeOf(subscription: Subscription): string {
  if ('tenant' in subscription) return 'tenant'
  if ('number' in subscription) return `number:${subscription.number}`
  if ('contact' in subscription) return `contact:${subscription.contact}`
  return `message:${subscription.message.toLowerCase()}`
}

/** The rooms of a subscription. */
export function roomsOf(tenantId: string, subscription: Subscription): string[] {
  const scope = scopeOf(subscription)
  return (subscription.types ?? ['*' as const]).map((type) => roomName(tenantId, scope, type))
}

/** Every room that may see an event. */
export function roomsOfEvent({ tenantId, contactId, messageId, data, type }: StoredEvent): string[] {
  const scopes = [
    'tenant',
    ...(data.phoneNumberId ? [`number:${data.phoneNumberId}`] : []),
    ...(contactId === null ? [] : [`contact:${contactId}`]),
    ...(messageId === null ? [] : [`message:${messageId}`])
  ]
  return scopes.flatMap((scope) => [roomName(tenantId, scope, '*'), roomName(tenantId, scope, type)])
}

/** Whether what is asked for lies within what is allowed. */
export function isWithin(asked: Subscription, allowed: Subscription[]): boolean {
  return allowed.some((grant) => {
    if (!('tenant' in grant) && scopeOf(grant) !== scopeOf(asked)) return false
    return grant.types === undefined || (asked.types?.every((type) => grant.types?.includes(type)) ?? false)
  })
}

/** An event as clients get it. */
export function eventOf({ seq, type, at, data }: StoredEvent): Event {
  const advice = explain(data.error?.code)?.advice
  if (!data.error || advice === undefined) return { seq, type, at, data }
  return { seq, type, at, data: { ...data, error: { ...data.error, advice } } }
}
