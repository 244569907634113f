import { createId } from '@wag/contracts'
import { type Db, ensureTenant, recordOutcomes, saveDefaultNumber } from '@wag/db'
import { authorization, encryptionKey, type Gateway } from '../open.ts'

export const to = '+491700000001'
export const text = { type: 'text', text: { body: 'hello' } }

type Call = { method?: 'GET' | 'POST' | 'DELETE'; headers?: Record<string, string>; payload?: unknown }

/** Calls a route under /v1 with the tenant's key. */
export async function call({ app }: Gateway, path: string, { method = 'GET', headers = {}, payload }: Call = {}) {
  const answer = await app.inject({
    method,
    url: `/v1/messages${path}`,
    headers: { authorization, ...headers },
    ...(payload !== undefined && { payload: payload as object })
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json(), text: answer.body }
}

/** Sends one message; `to` and a text where nothing else is said. */
export function post(gateway: Gateway, changes: object = {}, headers: Record<string, string> = {}) {
  return call(gateway, '', { method: 'POST', headers, payload: { to, ...text, ...changes } })
}

export function rowOf({ db }: Gateway, id: string) {
  return db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function countMessages({ db }: Gateway): Promise<number> {
  return (await db.selectFrom('messages').select('id').execute()).length
}

/** Sends a message and lets it end as a sender would. */
export async function postAndEnd(gateway: Gateway, end: { kind: 'failed' | 'unknown'; code: number }): Promise<string> {
  const { body } = await post(gateway)
  const error = { code: end.code, message: 'Meta said no', details: 'because' }
  const claim = createId()
  const { db } = gateway
  await db.updateTable('messages').set({ state: 'sending', claim, attempts: 1 }).where('id', '=', body.id).execute()
  await recordOutcomes(db, [{ messageId: body.id, claim, kind: end.kind, error }])
  return body.id
}

/** Another tenant with a number and a message of its own; returns the message's id. */
export async function addStranger(db: Db): Promise<{ tenantId: string; phoneNumberId: string }> {
  const tenantId = createId()
  const phoneNumberId = '200000000000002'
  await ensureTenant(db, { id: tenantId, name: 'stranger' })
  await saveDefaultNumber(db, { id: phoneNumberId, tenantId }, 'their token', encryptionKey)
  return { tenantId, phoneNumberId }
}
