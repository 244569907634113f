import { type ReportSubject } from '@wag/contracts'
import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** What Meta said of one topic of a template, a number or an account. */
export type Report = {
  subject: ReportSubject
  accountId: string
  key: string
  topic: string
  word: string
  reason: string | null
  at: Date
  content: Record<string, unknown>
}

/**
 * Keeps of every topic what was said last, and returns the reports that are news. Of two at the same time the greater
 * counts, so that the order in which they came is of no account.
 */
export async function storeReports(trx: Db, tenantId: string, reports: Report[]): Promise<Report[]> {
  if (reports.length === 0) return []
  const last = new Map<string, Report>()
  for (const report of reports) {
    const before = last.get(keyOf(report))
    if (!before || isNewer(report, before)) last.set(keyOf(report), report)
  }
  const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, report]) => report)
  const column = <T>(pick: (report: Report) => T): T[] => sorted.map(pick)
  const { rows } = await sql<Omit<Report, 'content' | 'reason' | 'word' | 'at'>>`
    insert into reports (tenant_id, subject, account_id, key, topic, word, reason, at, content)
    select ${tenantId}, * from unnest(
      ${column((r) => r.subject)}::text[],
      ${column((r) => r.accountId)}::text[],
      ${column((r) => r.key)}::text[],
      ${column((r) => r.topic)}::text[],
      ${column((r) => r.word)}::text[],
      ${column((r) => r.reason)}::text[],
      ${column((r) => r.at)}::timestamptz[],
      ${column((r) => JSON.stringify(r.content))}::json[]
    )
    on conflict (tenant_id, subject, account_id, key, topic)
      do update set word = excluded.word, reason = excluded.reason, at = excluded.at, content = excluded.content
    where (reports.at, reports.word collate "C", reports.content::text collate "C")
      < (excluded.at, excluded.word, excluded.content::text)
    returning subject, account_id as "accountId", key, topic`.execute(trx)
  return rows.flatMap((row) => last.get(keyOf(row)) ?? [])
}

function keyOf({ subject, accountId, key, topic }: Omit<Report, 'content' | 'reason' | 'word' | 'at'>): string {
  return JSON.stringify([subject, accountId, key, topic])
}

function isNewer(a: Report, b: Report): boolean {
  if (a.at.getTime() !== b.at.getTime()) return a.at > b.at
  if (a.word !== b.word) return a.word > b.word
  return JSON.stringify(a.content) > JSON.stringify(b.content)
}

/** Until the transaction ends nobody else acts on what is said of this template. */
export async function lockTemplate(trx: Db, tenantId: string, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`template ${name} of ${tenantId}`}, 0))`.execute(trx)
}

/** What Meta said last of this subject, newest first; of one key where it is given. */
export async function findReports(db: Db, tenantId: string, subject: ReportSubject, key?: string): Promise<Report[]> {
  let query = db
    .selectFrom('reports')
    .select(['subject', 'account_id as accountId', 'key', 'topic', 'word', 'reason', 'at', 'content'])
    .where('tenant_id', '=', tenantId)
    .where('subject', '=', subject)
  if (key !== undefined) query = query.where('key', '=', key)
  return query.orderBy('at', 'desc').orderBy('key').orderBy('topic').execute()
}
