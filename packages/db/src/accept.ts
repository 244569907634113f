import { type OnUnknown, type OutboundContent, type Priority, priorityRank, type Recipient } from '@wag/contracts'
import { type RawBuilder, sql } from 'kysely'
import { contactsOf } from './accept-contacts.ts'
import { findAnswers, type IdempotencyKey, keyOf } from './idempotency.ts'
import { type Db } from './schema.ts'

/** A message a caller asks us to send. What is left out: priority `normal`, at once, the usual lifetime, `hold`. */
export type NewMessage = {
  id: string
  tenantId: string
  phoneNumberId: string
  recipient: Recipient
  content: OutboundContent
  priority?: Priority | undefined
  sendAt?: Date | undefined
  expiresAt?: Date | undefined
  onUnknown?: OnUnknown | undefined
  metadata?: Record<string, unknown> | undefined
  /** The message this one repeats, on the caller's wish. */
  resendOf?: string | undefined
}

/**
 * What one request wants accepted, all or nothing. `answer` is kept with its idempotency key: what a repeated request is
 * answered from, and never what was sent.
 */
export type SendRequest = {
  id: string
  tenantId: string
  messages: NewMessage[]
  idempotency?: IdempotencyKey | undefined
  answer?: unknown
}

/**
 * `at` is the ledger's time of the acceptance, to the millisecond. A `mismatch` is a key that stands for another body. Of an
 * `unread` request only that its key is taken is known: nothing of it was stored, and it may be repeated.
 */
export type Acceptance =
  | { kind: 'accepted'; at: Date }
  | { kind: 'replayed'; answer: unknown }
  | { kind: 'mismatch' }
  | { kind: 'unread'; cause?: unknown }

/** How long a message without an expiry of its own may wait to be sent, from its time on, in seconds. */
const lifetimeDefaultS = 86_400

/**
 * Commits requests in one statement: messages as `queued` or `scheduled`, a contact for every recipient that has none, and
 * idempotency keys. A request whose key is taken stores nothing. When this returns, all of it is in the ledger; when the
 * ledger refuses it, none is. The results stand in the order of the requests.
 */
export async function acceptMessages(
  db: Db,
  requests: SendRequest[],
  lifetimeS: number = lifetimeDefaultS
): Promise<Acceptance[]> {
  const keyed = requests.filter(({ idempotency }) => idempotency !== undefined)
  const messages = requests.flatMap((request) =>
    request.messages.map((message) => ({ message, keyedBy: request.idempotency ? request.id : null }))
  )
  const kinds = new Set(messages.map(({ message }) => message.recipient.kind))
  const { rows } = await sql<{ at: Date; won: string[] }>`
    with clock as (
      select date_trunc('milliseconds', now()) as at
    ), ${keyed.length > 0 ? insertKeys(keyed) : noKeys}, input as (
      ${selectInput(messages, lifetimeS, keyed.length > 0)}
    ), ${contactsOf(kinds)}, stored as (
      insert into messages (tenant_id, id, direction, phone_number_id, contact_id, recipient_kind, recipient, state, type,
        content, at, due_at, priority, send_at, expires_at, on_unknown, metadata, resend_of)
      select i.tenant_id, i.id, 'out', i.phone_number_id, c.id, i.kind, i.recipient, i.state, i.type,
        i.content, i.at, i.due_at, i.priority, i.send_at, i.expires_at, i.on_unknown, i.metadata, i.resend_of
      from input i join contact c on c.tenant_id = i.tenant_id and c.kind = i.kind and c.recipient = i.recipient
    )
    select at, array(select request_id from keyed) as won from clock`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the ledger did not say when it accepted')
  return resultsOf(db, requests, row.at, new Set(row.won))
}

/** What a request came to whose key was taken is read after the winner's commit, which the insert has waited for. */
async function resultsOf(db: Db, requests: SendRequest[], at: Date, won: Set<string>): Promise<Acceptance[]> {
  const lost = requests.filter(({ id, idempotency }) => idempotency !== undefined && !won.has(id))
  // The others are committed: what goes wrong from here on is not theirs.
  const answers = await findAnswers(db, lost).catch((cause: unknown) => ({ cause }))
  return requests.map(({ id, tenantId, idempotency }) => {
    if (!idempotency || won.has(id)) return { kind: 'accepted', at }
    if ('cause' in answers) return { kind: 'unread', cause: answers.cause }
    const first = answers.get(keyOf({ tenantId, idempotency }))
    // The key was dropped for its age since we looked: now it is free.
    if (!first) return { kind: 'unread' }
    return first.fingerprint.equals(idempotency.fingerprint)
      ? { kind: 'replayed', answer: first.answer }
      : { kind: 'mismatch' }
  })
}

const noKeys = sql`keyed as (select null::uuid as request_id where false)`

function insertKeys(requests: SendRequest[]): RawBuilder<unknown> {
  const column = <T>(pick: (request: SendRequest) => T): T[] => requests.map(pick)
  return sql`keyed as (
    insert into idempotency_keys (tenant_id, key, fingerprint, request_id, answer)
    select tenant_id, key, fingerprint, request_id, answer from unnest(
      ${column((r) => r.tenantId)}::uuid[],
      ${column((r) => r.idempotency?.key)}::text[],
      ${column((r) => r.idempotency?.fingerprint)}::bytea[],
      ${column((r) => r.id)}::uuid[],
      ${column((r) => JSON.stringify(r.answer ?? null))}::json[]
    ) with ordinality as t (tenant_id, key, fingerprint, request_id, answer, place)
    -- Sorted, so that two batches with the same keys wait for each other instead of deadlocking.
    order by tenant_id, key, place
    on conflict do nothing
    returning request_id)`
}

type Placed = { message: NewMessage; keyedBy: string | null }

function selectInput(messages: Placed[], lifetimeS: number, hasKeys: boolean): RawBuilder<unknown> {
  const column = <T>(pick: (message: NewMessage) => T): T[] => messages.map(({ message }) => pick(message))
  return sql`
    select t.tenant_id, t.id, t.phone_number_id, t.kind, t.recipient, t.type, t.content, t.priority, t.send_at,
      t.on_unknown, t.metadata, t.resend_of, clock.at,
      (case when t.send_at > clock.at then 'scheduled' else 'queued' end)::message_state as state,
      -- What came together leaves in its order.
      greatest(t.send_at, now() - (count(*) over () - t.place) * interval '1 microsecond') as due_at,
      coalesce(t.expires_at, greatest(t.send_at, clock.at) + ${lifetimeS} * interval '1 second') as expires_at
    from clock, unnest(
      ${column((m) => m.tenantId)}::uuid[],
      ${column((m) => m.id)}::uuid[],
      ${column((m) => m.phoneNumberId)}::text[],
      ${column((m) => m.recipient.kind)}::text[],
      ${column((m) => m.recipient.id)}::text[],
      ${column((m) => m.content.type)}::text[],
      ${column((m) => JSON.stringify(m.content))}::json[],
      ${column((m) => priorityRank(m.priority ?? 'normal'))}::smallint[],
      ${column((m) => m.sendAt ?? null)}::timestamptz[],
      ${column((m) => m.expiresAt ?? null)}::timestamptz[],
      ${column((m) => m.onUnknown ?? 'hold')}::text[],
      ${column((m) => (m.metadata ? JSON.stringify(m.metadata) : null))}::json[],
      ${column((m) => m.resendOf ?? null)}::uuid[],
      ${messages.map(({ keyedBy }) => keyedBy)}::uuid[]
    ) with ordinality as t (tenant_id, id, phone_number_id, kind, recipient, type, content, priority, send_at,
      expires_at, on_unknown, metadata, resend_of, keyed_by, place)
    ${hasKeys ? sql`where t.keyed_by is null or t.keyed_by in (select request_id from keyed)` : sql``}`
}
