import { type MessageState, type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { type Contact, findContact } from './contacts.ts'
import { type Db } from './schema.ts'

/** All that is kept of a contact besides messages. */
export type ExportedContact = Contact & {
  /** Former ids, and other spellings. */
  aliases: { kind: string; value: string }[]
  /** When the contact last wrote to each of our numbers. */
  windows: { phoneNumberId: string; lastAt: Date }[]
}

/** All that is kept of the contact that an id leads to, merged ones too; undefined where the tenant has none such. */
export async function readExportContact(db: Db, tenantId: string, id: number): Promise<ExportedContact | undefined> {
  const contact = await findContact(db, tenantId, id)
  if (!contact) return undefined
  const aliases = await db
    .selectFrom('contact_aliases')
    .select(['kind', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('contact_id', '=', contact.id)
    .execute()
  const windows = await db
    .selectFrom('windows')
    .select(['phone_number_id', 'last_at'])
    .where('tenant_id', '=', tenantId)
    .where('contact_id', '=', contact.id)
    .execute()
  return {
    ...contact,
    aliases,
    windows: windows.map((row) => ({ phoneNumberId: row.phone_number_id, lastAt: row.last_at }))
  }
}

/** A message with what became of it and the media that came with it. */
export type ExportedMessage = {
  id: string
  direction: 'in' | 'out'
  phoneNumberId: string
  state: MessageState
  type: string
  wamid: string | null
  at: Date
  content: unknown
  metadata: unknown
  error: MetaError | null
  statuses: { status: string; at: string | null; content: unknown }[]
  media: { id: string; kind: string; mime_type: string | null; filename: string | null; state: string }[]
}

/** Up to `limit` of a contact's messages after the one that `after` names, oldest first. */
export async function readExportMessages(
  db: Db,
  tenantId: string,
  contactId: number,
  after: { at: Date; id: string } | undefined,
  limit: number
): Promise<ExportedMessage[]> {
  const isAfter = after ? sql`(m.at, m.id) > (${after.at}, ${after.id})` : sql`true`
  const { rows } = await sql<ExportedMessage>`
    select m.id, m.direction, m.phone_number_id as "phoneNumberId", m.state, m.type, m.wamid, m.at, m.content,
      m.metadata, m.error,
      (select coalesce(json_agg(json_build_object('status', s.status, 'at', s.at, 'content', s.content)), '[]')
        from statuses s where s.tenant_id = m.tenant_id and s.wamid = m.wamid) as statuses,
      (select coalesce(json_agg(json_build_object(
          'id', f.id, 'kind', f.kind, 'mime_type', f.mime_type, 'filename', f.filename, 'state', f.state)), '[]')
        from media f where f.message_id = m.id) as media
    from messages m
    where m.tenant_id = ${tenantId} and m.contact_id = ${contactId} and ${isAfter}
    order by m.at, m.id limit ${limit}`.execute(db)
  return rows
}
