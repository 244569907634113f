import {
  type AlarmName,
  type EventData,
  type EventType,
  type InboxResult,
  type MediaState,
  type MessageState,
  type MetaError,
  type OnUnknown,
  type PauseScope,
  type RecipientKind,
  type ReportSubject,
  type Subscription
} from '@wag/contracts'
import { type ColumnType, type Generated, type GeneratedAlways, type Kysely } from 'kysely'

/** A column the database fills and never changes. */
type Stamp = ColumnType<Date, Date | undefined, never>

/** The ledger's tables. A test holds these names against the migrated database. */
export type Database = {
  tenants: { id: string; name: string; created_at: Stamp }
  phone_numbers: {
    tenant_id: string
    id: string
    access_token: Buffer | null
    is_default: Generated<boolean>
    created_at: Stamp
    waba_id: string | null
    token_hash: Buffer | null
    rate: number | null
    display_number: string | null
  }
  pauses: {
    tenant_id: string
    scope: PauseScope
    key: string
    reason: string
    error: ColumnType<MetaError | null, string | null, string | null>
    paused_at: Stamp
    resumes_at: Date | null
  }
  api_keys: {
    tenant_id: string
    id: string
    name: string
    hash: Buffer
    scopes: string[]
    created_at: Stamp
    revoked_at: Date | null
  }
  contacts: {
    tenant_id: string
    id: GeneratedAlways<number>
    wa_id: string | null
    user_id: string | null
    profile_name: Generated<string>
    profile_at: Date | null
    created_at: Stamp
    group_id: string | null
    parent_user_id: string | null
    username: string | null
    username_at: Date | null
    wa_id_at: Date | null
    user_id_at: Date | null
    opted_out: Generated<boolean>
    opt_at: Date | null
    merged_into: number | null
    erased_at: Date | null
  }
  contact_aliases: {
    tenant_id: string
    kind: 'phone' | 'user'
    value: string
    contact_id: number
    until: Generated<Date>
  }
  contact_merges: { tenant_id: string; contact_id: number; into_id: number; reason: string; at: Stamp }
  windows: { tenant_id: string; contact_id: number; phone_number_id: string; last_at: Date }
  messages: {
    tenant_id: string
    id: string
    direction: 'in' | 'out'
    phone_number_id: string
    contact_id: number
    recipient: string | null
    state: MessageState
    type: string
    content: ColumnType<Record<string, unknown>, string, never>
    wamid: string | null
    error: ColumnType<MetaError | null, string | null, string | null>
    at: Date
    due_at: Date | null
    attempts: Generated<number>
    claim: string | null
    created_at: Stamp
    updated_at: ColumnType<Date, Date | undefined, Date>
    recipient_kind: Generated<RecipientKind>
    priority: Generated<number>
    send_at: Date | null
    expires_at: Date | null
    on_unknown: Generated<OnUnknown>
    metadata: ColumnType<Record<string, unknown> | null, string | null, never>
    resend_of: string | null
    pair_reserved: Generated<boolean>
    sent_at: Date | null
    target_wamid: string | null
    target_id: string | null
  }
  attempts: {
    tenant_id: string
    message_id: string
    attempt: number
    at: Stamp
    outcome: string
    error: ColumnType<MetaError, string, never>
  }
  idempotency_keys: {
    tenant_id: string
    key: string
    fingerprint: Buffer
    request_id: string
    answer: ColumnType<unknown, string, never>
    created_at: Stamp
  }
  statuses: {
    tenant_id: string
    wamid: string
    status: string
    participant: string
    message_id: string | null
    at: Date | null
    error: ColumnType<MetaError | null, string | null, never>
    content: ColumnType<Record<string, unknown>, string, never>
    received_at: Stamp
  }
  inbox: {
    tenant_id: string
    id: string
    body: Buffer
    received_at: Stamp
    processed_at: Date | null
    result: ColumnType<InboxResult | null, string | null, string | null>
    attempts: Generated<number>
    retry_at: Date | null
    last_error: string | null
    erased_at: Date | null
  }
  quarantine: {
    tenant_id: string
    id: string
    inbox_id: string
    item: ColumnType<unknown, string | null, never>
    reason: string
    created_at: Stamp
    hash: Buffer | null
    replayed_at: Date | null
  }
  reports: {
    tenant_id: string
    subject: ReportSubject
    account_id: string
    key: string
    topic: string
    word: string
    reason: string | null
    at: Date
    content: ColumnType<Record<string, unknown>, string, string>
  }
  notices: { tenant_id: string; hash: Buffer; at: Stamp }
  realtime_tokens: {
    tenant_id: string
    id: string
    key_id: string
    hash: Buffer
    subscriptions: ColumnType<Subscription[], string, never>
    expires_at: Date
    revoked_at: Date | null
  }
  media: {
    tenant_id: string
    id: string
    message_id: string
    phone_number_id: string
    meta_id: string
    kind: string
    mime_type: string | null
    filename: string | null
    expected: Buffer | null
    state: Generated<MediaState>
    bytes: number | null
    hash: Buffer | null
    attempts: Generated<number>
    faults: Generated<number>
    due_at: Generated<Date | null>
    claim: string | null
    error: string | null
    at: Date
    since: Stamp
    updated_at: ColumnType<Date, Date | undefined, Date>
  }
  media_garbage: { tenant_id: string; hash: Buffer; due_at: Stamp; keep_until: Stamp }
  media_uploads: {
    tenant_id: string
    phone_number_id: string
    sha256: Buffer
    mime_type: string
    media_id: string
    expires_at: Date
  }
  alarms: { tenant_id: string; name: AlarmName; raised_at: Stamp }
  privacy_requests: {
    tenant_id: string
    id: string
    kind: 'erasure' | 'export'
    contact_id: number
    key_id: string
    requested_at: Stamp
    finished_at: Date | null
    counts: ColumnType<Record<string, number>, string | undefined, string>
    step: string | null
    place: string | null
    sealed: Buffer | null
  }
  erased_persons: { tenant_id: string; hash: Buffer; erased_at: Date }
  heartbeats: { name: string; at: Date }
  event_counters: { tenant_id: string; seq: number }
  events: {
    tenant_id: string
    seq: number
    type: EventType
    at: Stamp
    contact_id: number | null
    message_id: string | null
    data: ColumnType<EventData, string, never>
  }
}

/** A connection pool to the ledger, or a transaction on it. */
export type Db = Kysely<Database>
