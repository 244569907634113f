import { createId } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** A medium of a stored message, to be fetched. `sha256` is the hash of the file as Meta told it, 32 bytes. */
export type NewMedia = {
  messageId: string
  phoneNumberId: string
  /** Meta's id, by which it is fetched within 7 days. */
  metaId: string
  /** Meta's word: image, video, audio, document, sticker. */
  kind: string
  mimeType?: string | undefined
  filename?: string | undefined
  sha256?: Buffer | undefined
  /** When the message was written: Meta keeps the medium for 7 days from then. */
  at: Date
}

/**
 * Notes media of messages that this transaction stored, each once; whoever has a store fetches them when it has
 * committed. Returns how many were new.
 */
export async function insertMedia(trx: Db, tenantId: string, items: NewMedia[]): Promise<number> {
  if (items.length === 0) return 0
  const column = <T>(pick: (item: NewMedia) => T): T[] => items.map(pick)
  const { numAffectedRows } = await sql`
    insert into media (tenant_id, id, message_id, phone_number_id, meta_id, kind, mime_type, filename, expected, at)
    select ${tenantId}, * from unnest(
      ${column(() => createId())}::uuid[],
      ${column((m) => m.messageId)}::uuid[],
      ${column((m) => m.phoneNumberId)}::text[],
      ${column((m) => m.metaId)}::text[],
      ${column((m) => m.kind)}::text[],
      ${column((m) => m.mimeType ?? null)}::text[],
      ${column((m) => m.filename ?? null)}::text[],
      ${column((m) => m.sha256 ?? null)}::bytea[],
      ${column((m) => m.at)}::timestamptz[]
    )
    on conflict (message_id, meta_id) do nothing`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
