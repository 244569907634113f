import { createId, type OutboundContent } from '@wag/contracts'
import { acceptMessages, recordOutcomes } from '@wag/db'
import { phoneNumberId, wamid } from './bodies.ts'
import { type Bench, tenantId } from './open.ts'

export const recipient = { kind: 'phone' as const, id: '491700000001' }

/** Accepts a message of ours and claims it; `record` is what its sender does when Meta has answered. */
export async function send({ db }: Bench, name: string, template?: string) {
  const id = createId()
  const content: OutboundContent = template
    ? { type: 'template', template: { name: template, language: { code: 'de' } } }
    : { type: 'text', text: { body: name } }
  await acceptMessages(db, [{ id, tenantId, messages: [{ id, tenantId, phoneNumberId, recipient, content }] }])
  const claim = createId()
  await db.updateTable('messages').set({ state: 'sending', claim, attempts: 1 }).where('id', '=', id).execute()
  return { id, record: () => recordOutcomes(db, [{ messageId: id, claim, kind: 'sent', wamid: wamid(name) }]) }
}
