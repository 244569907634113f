import { sql } from 'kysely'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { type ClaimedMedia } from './media-claims.ts'
import { throwAway } from './media-garbage.ts'
import { type Db } from './schema.ts'

/** What came of a claim. `reason` is for people; it holds no secret, number or address. */
export type MediaOutcome =
  | { kind: 'stored'; hash: Buffer; bytes: number; mimeType?: string | undefined }
  | { kind: 'ended'; state: 'failed' | 'gone' | 'refused'; reason: string }
  /** To be tried again after `delayMs`; `isFault` where Meta's answer cannot be right. */
  | { kind: 'again'; reason: string; delayMs: number; isFault: boolean }

type Row = { messageId: string; contactId: number; phoneNumberId: string; kind: string }

/**
 * Records what came of a claim, and the event that tells of it. Nothing happens where the claim is lost: the row is
 * somebody else's, or erased; then bytes that were stored are thrown away, unless another row has them.
 */
export async function recordMedia(db: Db, media: ClaimedMedia, outcome: MediaOutcome): Promise<LogEnd[]> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<Row>`
      update media m set ${changesOf(outcome)}, claim = null, updated_at = now()
      from messages g
      where m.id = ${media.id} and m.claim = ${media.claim} and g.id = m.message_id
      returning m.message_id as "messageId", g.contact_id as "contactId", m.phone_number_id as "phoneNumberId", m.kind`.execute(
      trx
    )
    const [row] = rows
    if (!row && outcome.kind === 'stored') await throwAway(trx, { tenantId: media.tenantId, hash: outcome.hash })
    return row && outcome.kind !== 'again' ? appendEvents(trx, [eventOf(media, row, outcome)]) : []
  })
}

function changesOf(outcome: MediaOutcome) {
  switch (outcome.kind) {
    case 'stored':
      return sql`state = 'stored', hash = ${outcome.hash}, bytes = ${outcome.bytes}, error = null, due_at = null,
        mime_type = coalesce(m.mime_type, ${outcome.mimeType ?? null})`
    case 'ended':
      return sql`state = ${outcome.state}, error = ${outcome.reason}, due_at = null`
    case 'again':
      return sql`error = ${outcome.reason}, due_at = now() + ${outcome.delayMs} * interval '1 millisecond',
        faults = m.faults + ${outcome.isFault ? 1 : 0}`
  }
}

function eventOf(media: ClaimedMedia, row: Row, outcome: Exclude<MediaOutcome, { kind: 'again' }>): NewEvent {
  const { messageId, contactId, phoneNumberId, kind } = row
  const link = `/media/${encodeURIComponent(media.metaId)}/`
  return {
    tenantId: media.tenantId,
    type: outcome.kind === 'stored' ? 'media.stored' : 'media.failed',
    contactId,
    messageId,
    data: {
      mediaId: media.id,
      messageId,
      contactId,
      phoneNumberId,
      direction: 'in',
      messageType: kind,
      link,
      ...(outcome.kind === 'ended' && { reason: outcome.reason })
    }
  }
}
