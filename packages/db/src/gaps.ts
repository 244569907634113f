import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** From when on something counts as missing, in seconds; and the codes by which Meta says that a feature lacks something. */
export type GapLimits = { statusS: number; silenceS: number; parkedS: number; featureCodes: readonly number[] }

/** What is missing of a tenant's, as far as can be told by a few cheap looks. */
export type Gaps = {
  /** Of the newest messages that were sent at least `statusS` ago: how many, and how many without any status. */
  sent: number
  unanswered: number
  /** Since the last webhook; null where there has been none. */
  silentS: number | null
  /** Whether something was sent since, so long ago that a webhook should have come. */
  isSending: boolean
  /** How long the oldest webhook has waited for ingest; 0 where none does. */
  oldestS: number
  /** Statuses of the last day that have waited for their message for at least `parkedS`. */
  parked: number
  quarantined: number
  /** Of the newest messages that failed: those of the last hour with a code that says what a feature lacks, and the last. */
  refused: number
  refusal: MetaError | null
}

/** Rows looked at, at most, of messages and of what is counted. */
const sampleMax = 2_000
const countMax = 10_000
/** How far back messages are looked at, in seconds, beyond those that are still too young. */
const sampleS = 3_600
/** A webhook should have come this long after a message was sent, in seconds. */
const graceS = 60

const seconds = (value: number) => sql`${value} * interval '1 second'`

/** Looks for gaps in what a tenant sent and received. */
export async function measureGaps(db: Db, tenantId: string, limits: GapLimits): Promise<Gaps> {
  const [statuses, silence, inbox, parked, quarantined, refused] = await Promise.all([
    countUnanswered(db, tenantId, limits.statusS),
    measureSilence(db, tenantId, limits.silenceS),
    oldestWaiting(db, tenantId),
    countParked(db, tenantId, limits.parkedS),
    countQuarantined(db, tenantId),
    countRefused(db, tenantId, limits.featureCodes)
  ])
  return { ...statuses, ...silence, oldestS: inbox, parked, quarantined, ...refused }
}

async function countUnanswered(db: Db, tenantId: string, statusS: number) {
  const { rows } = await sql<{ sent: number; unanswered: number }>`
    with newest as (
      select direction, state, wamid, coalesce(sent_at, updated_at) as sent_at from messages
      where tenant_id = ${tenantId}
        and at between now() - ${seconds(statusS + sampleS)} and now() - ${seconds(statusS)}
      order by at desc, id desc limit ${sampleMax}
    )
    select count(*) as sent, count(*) filter (
      where state = 'sent' and sent_at <= now() - ${seconds(statusS)}
        and not exists (select 1 from statuses s where s.tenant_id = ${tenantId} and s.wamid = newest.wamid)
    ) as unanswered
    from newest where direction = 'out' and wamid is not null`.execute(db)
  return rows[0] ?? { sent: 0, unanswered: 0 }
}

async function measureSilence(db: Db, tenantId: string, silenceS: number) {
  const { rows } = await sql<{ at: Date; silentS: number }>`
    select received_at as at, extract(epoch from now() - received_at)::float8 as "silentS" from inbox
    where tenant_id = ${tenantId} order by id desc limit 1`.execute(db)
  const [last] = rows
  if (last && last.silentS < silenceS) return { silentS: last.silentS, isSending: false }
  // While no webhook comes, what stands after the last one was sent by us: the first row found is the answer.
  const since = last?.at ?? new Date(0)
  const dueS = last ? graceS : silenceS
  const { rows: some } = await sql`
    select 1 from messages
    where tenant_id = ${tenantId} and at > ${since}::timestamptz - ${seconds(sampleS)}
      and direction = 'out' and wamid is not null
      and coalesce(sent_at, updated_at) > ${since} and coalesce(sent_at, updated_at) < now() - ${seconds(dueS)}
    order by at, id limit 1`.execute(db)
  return { silentS: last?.silentS ?? null, isSending: some.length > 0 }
}

async function oldestWaiting(db: Db, tenantId: string): Promise<number> {
  const { rows } = await sql<{ waitedS: number }>`
    select extract(epoch from now() - received_at)::float8 as "waitedS" from inbox
    where tenant_id = ${tenantId} and processed_at is null order by id limit 1`.execute(db)
  return Math.max(0, rows[0]?.waitedS ?? 0)
}

async function countParked(db: Db, tenantId: string, parkedS: number): Promise<number> {
  const { rows } = await sql<{ many: number }>`
    select count(*) as many from (
      select 1 from statuses
      where tenant_id = ${tenantId} and message_id is null
        and received_at between now() - interval '1 day' and now() - ${seconds(parkedS)}
      limit ${countMax}
    ) as counted`.execute(db)
  return rows[0]?.many ?? 0
}

async function countQuarantined(db: Db, tenantId: string): Promise<number> {
  const { rows } = await sql<{ many: number }>`
    select count(*) as many from (
      select 1 from quarantine where tenant_id = ${tenantId} limit ${countMax}
    ) as counted`.execute(db)
  return rows[0]?.many ?? 0
}

async function countRefused(db: Db, tenantId: string, codes: readonly number[]) {
  const { rows } = await sql<{ refused: number; refusal: MetaError | null }>`
    with newest as (
      select error, updated_at from messages
      where tenant_id = ${tenantId} and error is not null and at > now() - interval '1 day'
      order by at desc, id desc limit ${sampleMax}
    )
    select count(*) as refused, (array_agg(error order by updated_at desc))[1] as refusal from newest
    where updated_at > now() - interval '1 hour' and error ->> 'code' = any(${codes.map(String)}::text[])`.execute(db)
  return rows[0] ?? { refused: 0, refusal: null }
}
