import { createId, type MessageItem } from '@wag/contracts'
import {
  type Db,
  findUntargeted,
  insertMedia,
  joinTargets,
  type NewEvent,
  openWindows,
  type ReceivedMessage,
  storeReceived
} from '@wag/db'
import { describeContent, readMediaItems } from '@wag/graph'
import { type Persons } from './apply-persons.ts'
import { ofKind, pastTimeOf, type SourcedItem, timeOf } from './items.ts'
import { type Tally } from './tally.ts'

/** Stands for a number that a webhook does not name. */
const unknownNumber = ''

/** Types that no customer writes as a message of its own. */
const silentTypes = new Set(['system', 'edit', 'revoke', 'request_welcome'])

/** Stores a tenant's received messages, each once, and returns the events of what was new. */
export async function applyMessages(
  trx: Db,
  tenantId: string,
  items: SourcedItem[],
  persons: Persons,
  tally: Tally
): Promise<NewEvent[]> {
  const messages = ofKind(items, 'message')
  const received = messages.map((sourced) => receivedOf(tenantId, sourced, persons.contactIdOf(sourced.item) ?? 0))
  const stored = await storeReceived(trx, received)
  const fresh = received.filter(({ id }) => stored.has(id))
  for (const { phoneNumberId } of fresh) tally.inbound.set(phoneNumberId, (tally.inbound.get(phoneNumberId) ?? 0) + 1)
  tally.media += await insertMedia(trx, tenantId, fresh.flatMap(mediaOf))
  await openWindows(trx, tenantId, openingsOf(items, persons))
  const wamids = new Set(fresh.flatMap(({ wamid, targetWamid }) => (targetWamid ? [wamid, targetWamid] : [wamid])))
  const joined = await joinTargets(trx, tenantId, [...wamids], describeContent)
  await count(trx, tenantId, messages, tally)
  return [...fresh.map(eventOf), ...joined]
}

async function count(trx: Db, tenantId: string, messages: SourcedItem<MessageItem>[], tally: Tally): Promise<void> {
  const targeting = messages.flatMap(({ item }) => (item.targetWamid === undefined ? [] : item.wamid))
  const parked = await findUntargeted(trx, tenantId, targeting)
  for (const [isParked, some] of Map.groupBy(messages, ({ item }) => parked.has(item.wamid))) {
    tally.count(some, isParked ? 'parked' : 'applied')
  }
}

function openingsOf(items: SourcedItem[], persons: Persons) {
  return ofKind(items, 'message', 'call').flatMap((sourced) => {
    const { item } = sourced
    const contactId = persons.contactIdOf(item)
    if (contactId === undefined || item.phoneNumberId === undefined || !isOpening(item)) return []
    return [{ contactId, phoneNumberId: item.phoneNumberId, at: pastTimeOf(sourced) }]
  })
}

/** What is written in a group opens no window with whoever wrote it. */
function isOpening(item: SourcedItem<MessageItem>['item'] | { kind: 'call'; isInbound: boolean }): boolean {
  return item.kind === 'call' ? item.isInbound : !silentTypes.has(item.type) && item.groupId === undefined
}

function receivedOf(tenantId: string, sourced: SourcedItem<MessageItem>, contactId: number): ReceivedMessage {
  const { item } = sourced
  return {
    id: createId(),
    tenantId,
    phoneNumberId: item.phoneNumberId ?? unknownNumber,
    contactId,
    wamid: item.wamid,
    type: item.type,
    content: item.content,
    at: timeOf(sourced),
    targetWamid: item.targetWamid
  }
}

function mediaOf({ id, phoneNumberId, type, content, at }: ReceivedMessage) {
  return readMediaItems(type, content).map((medium) => ({ messageId: id, phoneNumberId, ...medium, at }))
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
