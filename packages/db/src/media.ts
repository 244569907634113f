import { createId, type MediaState } from '@wag/contracts'
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

/** A medium that a customer sent, as the API shows it. */
export type StoredMedia = {
  tenantId: string
  id: string
  messageId: string
  phoneNumberId: string
  metaId: string
  kind: string
  mimeType: string | null
  filename: string | null
  state: MediaState
  /** Size and SHA-256 of what is stored. */
  bytes: number | null
  hash: Buffer | null
  attempts: number
  error: string | null
  at: Date
}

/** A medium by our own id; whose it is stands in it. */
export async function findMedia(db: Db, id: string): Promise<StoredMedia | undefined> {
  return (await mediaRows(db).where('id', '=', id).execute())[0]
}

/** A tenant's medium by Meta's id: one that is stored, if several messages have it. */
export async function findMediaByMetaId(db: Db, tenantId: string, metaId: string): Promise<StoredMedia | undefined> {
  const rows = mediaRows(db).where('tenant_id', '=', tenantId).where('meta_id', '=', metaId)
  return (await rows.orderBy(sql`state = 'stored'`, 'desc').orderBy('id', 'desc').limit(1).execute())[0]
}

/** Lets a medium that could not be fetched be tried once more from the beginning; false where there is nothing to try. */
export async function retryMedia(db: Db, tenantId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update media set state = 'pending', due_at = now(), claim = null, attempts = 0, faults = 0, updated_at = now(),
      since = now()
    where tenant_id = ${tenantId} and id = ${id} and state in ('failed', 'gone', 'refused')`.execute(db)
  return numAffectedRows === 1n
}

function mediaRows(db: Db) {
  return db
    .selectFrom('media')
    .select([
      'tenant_id as tenantId',
      'id',
      'message_id as messageId',
      'phone_number_id as phoneNumberId',
      'meta_id as metaId',
      'kind',
      'mime_type as mimeType',
      'filename',
      'state',
      'bytes',
      'hash',
      'attempts',
      'error',
      'at'
    ])
}
