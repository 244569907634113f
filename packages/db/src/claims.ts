import { type OutboundContent, type RecipientKind } from '@wag/contracts'
import { sql } from 'kysely'
import { isPaused } from './paused.ts'
import { type Db } from './schema.ts'

/** A wish to send up to `want` messages of a number; `claim` is a fresh id that only the claimant knows. */
export type ClaimRequest = { phoneNumberId: string; claim: string; want: number; after?: Backlog | undefined }

/**
 * How far a claimant has come through a number's backlog: the time of the last message it won, by priority, as PostgreSQL
 * writes it. What it has won leaves dead entries in the index, which stay for as long as the oldest transaction (a backup,
 * say); without this, every claim would walk over all of them.
 */
export type Backlog = Readonly<Record<number, string | undefined>>

/** A message that is ours to send, once. Times are milliseconds from the moment of the claim. */
export type ClaimedMessage = {
  messageId: string
  claim: string
  tenantId: string
  phoneNumberId: string
  contactId: number
  recipient: string
  recipientKind: RecipientKind
  content: OutboundContent
  priority: number
  /** POSTs that were permitted, with this one. */
  attempts: number
  /** It was put back with a place of its own in the recipient's pace. */
  pairReserved: boolean
  /** How long it has been due. */
  overdueMs: number
  /** When it expires; negative where it has. */
  expiresInMs: number | null
  /** How long its template is paused; null where it is not. */
  templatePausedMs: number | null
}

/**
 * What one request came to: the messages, and when the next one of that number is due, if that is within `horizonMs`.
 * `tokenHash` names the token they were given out for: one before it may be the one that was refused.
 */
export type Claimed = {
  messages: ClaimedMessage[]
  nextDueMs: number | undefined
  tokenHash: string | null
  after: Backlog
}

export type ClaimOptions = {
  /** A claim runs out after this time; what became of the message is then `unknown`. */
  ttlMs: number
  horizonMs: number
}

type Row = Omit<ClaimedMessage, 'messageId'> & {
  messageId: string | null
  place: number
  nextDueMs: number | null
  tokenHash: string | null
  wasDueAt: string
}

/** What was committed late may stand this far behind what was already won. */
const lateCommit = sql`interval '2 seconds'`

/** How long a template waits whose pause names no end, in milliseconds. */
const templateWaitMs = 60_000

/**
 * Turns what is due into `sending`, each message for one claimant: the permission to make one POST to Meta. Of each
 * number the most urgent come first, and of those the longest due; numbers that are paused or have no token get nothing.
 * The results stand in the order of the requests.
 */
export async function claimMessages(db: Db, requests: ClaimRequest[], options: ClaimOptions): Promise<Claimed[]> {
  const { ttlMs, horizonMs } = options
  const { rows } = await sql<Row>`
    with wanted as materialized (
      select w.*, encode(n.token_hash, 'hex') as token_hash from unnest(
        ${requests.map((r) => r.phoneNumberId)}::text[],
        ${requests.map((r) => r.claim)}::uuid[],
        ${requests.map((r) => r.want)}::integer[],
        ${requests.map((r) => r.after?.[0] ?? '-infinity')}::timestamptz[],
        ${requests.map((r) => r.after?.[1] ?? '-infinity')}::timestamptz[],
        ${requests.map((r) => r.after?.[2] ?? '-infinity')}::timestamptz[]
      ) with ordinality as w (id, claim, want, after_0, after_1, after_2, place)
      join phone_numbers n on n.id = w.id
      where n.access_token is not null and not ${isPaused}
    ), due as materialized (
      select d.id, d.due_at, w.claim
      from wanted w cross join lateral (
        select * from (
          ${dueOf(0)} union all ${dueOf(1)} union all ${dueOf(2)}
        ) as by_priority limit w.want
      ) d
    ), claimed as (
      update messages m
      set state = 'sending', claim = due.claim, attempts = m.attempts + 1, updated_at = now(),
        due_at = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
      from due where m.id = due.id
      returning m.*, due.due_at as was_due_at
    ), upcoming as materialized (
      select w.place, w.claim, extract(epoch from min(n.due_at) - clock_timestamp()) * 1000 as next_ms
      from wanted w cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority)
      cross join lateral (
        select m.due_at from messages m
        where m.phone_number_id = w.id and m.priority = p.priority and m.claim is null
          and m.due_at > statement_timestamp() and m.due_at <= statement_timestamp() + ${horizonMs} * interval '1 millisecond'
        order by m.due_at limit 1
      ) n group by w.place, w.claim
    )
    select w.place::integer, w.token_hash as "tokenHash", u.next_ms::float8 as "nextDueMs", c.id as "messageId",
      c.claim, c.was_due_at::text as "wasDueAt", c.tenant_id as "tenantId",
      c.phone_number_id as "phoneNumberId", c.contact_id as "contactId", c.recipient,
      c.recipient_kind as "recipientKind", c.content, c.priority, c.attempts, c.pair_reserved as "pairReserved",
      (extract(epoch from clock_timestamp() - c.was_due_at) * 1000)::float8 as "overdueMs",
      (extract(epoch from c.expires_at - clock_timestamp()) * 1000)::float8 as "expiresInMs",
      case when c.type = 'template' then (
        select coalesce(greatest(extract(epoch from p.resumes_at - clock_timestamp()) * 1000, 1), ${templateWaitMs})
        from pauses p
        where p.tenant_id = c.tenant_id and p.scope = 'template' and p.key = c.content -> 'template' ->> 'name'
      ) end::float8 as "templatePausedMs"
    from wanted w left join upcoming u on u.place = w.place left join claimed c on c.claim = w.claim
    order by w.place, c.priority, c.was_due_at`.execute(db)
  const results = requests.map(
    ({ after }): Claimed => ({ messages: [], nextDueMs: undefined, tokenHash: null, after: after ?? {} })
  )
  for (const { place, nextDueMs, tokenHash, messageId, wasDueAt, ...message } of rows) {
    const result = results[place - 1]
    if (!result) continue
    result.nextDueMs = nextDueMs ?? undefined
    result.tokenHash = tokenHash
    if (messageId === null) continue
    result.messages.push({ messageId, ...message })
    result.after = { ...result.after, [message.priority]: wasDueAt }
  }
  return results
}

/** What is due of one priority: the index messages_queue stands in this order, so no more is read than is wanted. */
function dueOf(priority: number) {
  // The time is the statement's: with clock_timestamp(), which may change from row to row, the index could not be used.
  return sql`select * from (
    select m.id, m.due_at from messages m
    where m.phone_number_id = w.id and m.priority = ${sql.lit(priority)} and m.claim is null
      and m.due_at <= statement_timestamp() and m.due_at >= w.${sql.ref(`after_${priority}`)} - ${lateCommit}
      and m.state in ('scheduled', 'queued')
    order by m.due_at limit w.want for update skip locked
  ) as p${sql.lit(priority)}`
}
