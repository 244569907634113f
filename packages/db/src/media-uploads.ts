import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Content as Meta knows it: for one number, and as one type. */
export type MediaContent = { tenantId: string; phoneNumberId: string; sha256: Buffer; mimeType: string }

/** A file Meta has. Until `expiresAt` its id may be sent. */
export type MediaUpload = { mediaId: string; expiresAt: Date }

/** Days an id may be used. Meta keeps it for 30 (its page on media, 2026-09); the last one is for sends that wait. */
export const mediaUploadDays = 29

const expiredRowsMax = 100

/** What Meta already has of this content, if its id lives now and at `until`. */
export async function findMediaUpload(
  db: Db,
  { tenantId, phoneNumberId, sha256, mimeType }: MediaContent,
  until: Date
): Promise<MediaUpload | undefined> {
  const { rows } = await sql<MediaUpload>`
    select media_id as "mediaId", expires_at as "expiresAt" from media_uploads
    where tenant_id = ${tenantId} and phone_number_id = ${phoneNumberId} and sha256 = ${sha256}
      and mime_type = ${mimeType} and expires_at > greatest(now(), ${until}::timestamptz)`.execute(db)
  return rows[0]
}

/** Keeps the id that Meta has just given this content, and removes some whose time is over. */
export async function saveMediaUpload(
  db: Db,
  { tenantId, phoneNumberId, sha256, mimeType }: MediaContent,
  mediaId: string
): Promise<MediaUpload> {
  await sql`
    delete from media_uploads where ctid = any(array(
      select ctid from media_uploads where expires_at < now() limit ${expiredRowsMax} for update skip locked))`.execute(
    db
  )
  const { rows } = await sql<MediaUpload>`
    insert into media_uploads (tenant_id, phone_number_id, sha256, mime_type, media_id, expires_at)
    values (${tenantId}, ${phoneNumberId}, ${sha256}, ${mimeType}, ${mediaId},
      now() + ${mediaUploadDays} * interval '1 day')
    on conflict (tenant_id, phone_number_id, sha256, mime_type)
      do update set media_id = excluded.media_id, expires_at = excluded.expires_at
    returning media_id as "mediaId", expires_at as "expiresAt"`.execute(db)
  return rows[0] ?? { mediaId, expiresAt: new Date(0) }
}

/**
 * Forgets what these messages of ours carry: Meta may have it no longer, and the next upload of the same content must be a
 * real one. What somebody else is just writing is left to them.
 */
export async function forgetMediaUploads(db: Db, messageIds: string[]): Promise<void> {
  await sql`
    with carried as materialized (
      select distinct m.tenant_id, m.phone_number_id, found.id #>> '{}' as media_id
      from messages m cross join lateral jsonb_path_query(m.content::jsonb, '$.**.id') as found (id)
      where m.id = any(${messageIds}::uuid[]) and m.direction = 'out'
    )
    delete from media_uploads where ctid = any(array(
      select u.ctid from media_uploads u join carried c using (tenant_id, phone_number_id, media_id)
      for update of u skip locked))`.execute(db)
}
