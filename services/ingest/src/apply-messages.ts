import { type ContactItem, createId, type MessageItem } from '@wag/contracts'
import {
  type Db,
  insertMedia,
  type NewEvent,
  type NewMedia,
  type Profile,
  profileKey,
  type ReceivedMessage,
  storeReceived,
  upsertContacts
} from '@wag/db'
import { describeContent, readMediaItems } from '@wag/graph'
import { ofKind, type SourcedItem } from './items.ts'

/** Stands for a number that a webhook does not name. */
const unknownNumber = ''

/** Stores a tenant's received messages and profiles, each once, and returns the events of what was new. */
export async function applyMessages(trx: Db, tenantId: string, items: SourcedItem[]): Promise<NewEvent[]> {
  const messages = ofKind(items, 'message').map(({ item }) => ({ item, at: timeOf(item) }))
  const contacts = ofKind(items, 'contact').map(({ item }) => ({ item, at: timeOf(item) }))
  const profiles = [...contacts, ...messages].flatMap(({ item, at }) => profileOf(item, at) ?? [])
  if (profiles.length === 0) return []
  const contactIds = await upsertContacts(trx, tenantId, profiles)
  const received = messages.flatMap(({ item, at }) => {
    const contactId = contactIds.get(profileKey(item))
    return contactId === undefined ? [] : [receivedOf(tenantId, item, contactId, at)]
  })
  const stored = await storeReceived(trx, received)
  const fresh = received.filter(({ id }) => stored.has(id))
  await insertMedia(trx, tenantId, fresh.flatMap(mediaOf))
  return fresh.map(eventOf)
}

function mediaOf({ id, phoneNumberId, type, content, at }: ReceivedMessage): NewMedia[] {
  return readMediaItems(type, content).map((item) => ({ ...item, messageId: id, phoneNumberId, at }))
}

/** Meta's time, or now where it sent none. */
function timeOf({ at }: { at?: string }): Date {
  return at === undefined ? new Date() : new Date(at)
}

function profileOf(item: ContactItem | MessageItem, at: Date): Profile | undefined {
  if (!item.waId && !item.userId) return undefined
  return {
    at,
    ...(item.waId && { waId: item.waId }),
    ...(item.userId && { userId: item.userId }),
    ...(item.profileName && { name: item.profileName })
  }
}

function receivedOf(tenantId: string, item: MessageItem, contactId: number, at: Date): ReceivedMessage {
  return {
    id: createId(),
    tenantId,
    phoneNumberId: item.phoneNumberId ?? unknownNumber,
    contactId,
    wamid: item.wamid,
    type: item.type,
    content: item.content,
    at
  }
}

function eventOf(message: ReceivedMessage): NewEvent {
  return {
    tenantId: message.tenantId,
    type: 'message.received',
    contactId: message.contactId,
    messageId: message.id,
    data: {
      messageId: message.id,
      wamid: message.wamid,
      contactId: message.contactId,
      phoneNumberId: message.phoneNumberId,
      direction: 'in',
      messageType: message.type,
      ...describeContent(message.type, message.content)
    }
  }
}
