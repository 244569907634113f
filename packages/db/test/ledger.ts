import { createId, defaultTenantId, type MessageState, type OutboundContent } from '@wag/contracts'
import { createTestDatabase, type TestContext } from '@wag/testkit'
import {
  acceptMessages,
  type ClaimedMessage,
  type ConnectOptions,
  claimMessages,
  connect,
  type Db,
  ensureTenant,
  type NewMessage,
  type SendRequest,
  saveDefaultNumber
} from '../src/index.ts'

export const tenantId = defaultTenantId
export const phoneNumberId = '106540352242922'
export const encryptionKey = 'ab'.repeat(32)
export const content: OutboundContent = { type: 'text', text: { body: 'hello' } }

/** A ledger of the test's own with the default tenant in it. */
export async function openLedger(
  t: TestContext,
  options: Partial<ConnectOptions> = {}
): Promise<{ db: Db; url: string }> {
  const url = await createTestDatabase(t)
  const db = openPool(t, url, options)
  await ensureTenant(db, { id: tenantId, name: 'default' })
  return { db, url }
}

/** A ledger with a number that can send. */
export async function openSending(
  t: TestContext,
  options: Partial<ConnectOptions> = {}
): Promise<{ db: Db; url: string }> {
  const ledger = await openLedger(t, options)
  await addNumber(ledger.db)
  return ledger
}

/** The default tenant with a number that can send. */
export async function addNumber(db: Db, id = phoneNumberId): Promise<void> {
  await ensureTenant(db, { id: tenantId, name: 'default' })
  await saveDefaultNumber(db, { id, tenantId }, 'a token', encryptionKey)
}

/** A further pool on the same ledger. */
export function openPool(t: TestContext, url: string, options: Partial<ConnectOptions> = {}): Db {
  const db = connect({ url, poolMax: 10, applicationName: 'test', ...options })
  t.teardown(() => db.destroy())
  return db
}

export function newMessage(changes: Partial<NewMessage> = {}): NewMessage {
  return { id: createId(), tenantId, phoneNumberId, recipient: recipientOf('491700000001'), content, ...changes }
}

/** A customer by phone number. */
export function recipientOf(digits: string): NewMessage['recipient'] {
  return { kind: 'phone', id: digits }
}

/** A request for messages without an idempotency key. */
export function requestOf(...messages: NewMessage[]): SendRequest {
  return { id: createId(), tenantId, messages }
}

/** Accepts these messages and returns their ids. */
export async function acceptAll(db: Db, messages: NewMessage[]): Promise<string[]> {
  await acceptMessages(db, [requestOf(...messages)])
  return messages.map(({ id }) => id)
}

/** Accepts messages and returns their ids. */
export async function acceptSome(db: Db, count = 1): Promise<string[]> {
  const messages = Array.from({ length: count }, () => newMessage())
  await acceptMessages(db, [requestOf(...messages)])
  return messages.map(({ id }) => id)
}

/** Claims up to `want` messages of the number, under one claim. */
export async function claimSome(db: Db, want: number, ttlMs = 60_000): Promise<ClaimedMessage[]> {
  const [claimed] = await claimMessages(db, [{ phoneNumberId, claim: createId(), want }], { ttlMs, horizonMs: 1_000 })
  return claimed?.messages ?? []
}

/** Accepts one message and claims it. */
export async function claimOne(db: Db, ttlMs?: number): Promise<ClaimedMessage> {
  await acceptSome(db)
  const [claimed] = await claimSome(db, 1, ttlMs)
  if (!claimed) throw new Error('not claimed')
  return claimed
}

/** Everything the ledger says of one message. */
export function messageRow(db: Db, id: string) {
  return db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function stateOf(db: Db, id: string): Promise<MessageState> {
  return (await messageRow(db, id)).state
}

/** The types of the tenant's events, in their order. */
export async function eventTypesOf(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('events').select('type').orderBy('seq').execute()
  return rows.map(({ type }) => type)
}
