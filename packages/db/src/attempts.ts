import { type MetaError } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** One POST that did not end in `sent`. */
export type FailedAttempt = {
  message: { tenantId: string; id: string; attempts: number }
  outcome: 'failed' | 'unknown' | 'throttled' | 'unsent'
  error: MetaError
}

/** Keeps what attempts came to, each once. */
export async function recordAttempts(trx: Db, failed: FailedAttempt[]): Promise<void> {
  // Of two records of one attempt in the same batch the last, which a statement may not write one after the other.
  const attempts = [...new Map(failed.map((attempt) => [attempt.message.id, attempt])).values()]
  if (attempts.length === 0) return
  await sql`
    insert into attempts (tenant_id, message_id, attempt, at, outcome, error)
    select tenant_id, message_id, attempt, clock_timestamp(), outcome, error from unnest(
      ${attempts.map((a) => a.message.tenantId)}::uuid[],
      ${attempts.map((a) => a.message.id)}::uuid[],
      ${attempts.map((a) => a.message.attempts)}::integer[],
      ${attempts.map((a) => a.outcome)}::text[],
      ${attempts.map((a) => JSON.stringify(a.error))}::json[]
    ) as i (tenant_id, message_id, attempt, outcome, error)
    -- A claim that ran out is unknown until its late claimant says what came of it.
    on conflict (message_id, attempt) do update set outcome = excluded.outcome, error = excluded.error`.execute(trx)
}
