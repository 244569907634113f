import { eventually } from '@wag/testkit'
import { openFiles, residentBytes } from '../processes.ts'
import { type Arena } from './arena.ts'
import { type Acknowledged } from './load.ts'

/** What was found wrong, in words; empty when every promise was kept. */
export type Verdict = { wrong: string[]; facts: Record<string, number> }

/** A service may hold so much memory and so many files, faults or not. */
const residentBytesMax = 400 * 1024 * 1024
const openFilesMax = 1_500

/** Waits until nothing is on its way any more; rejects with what still is when the time is up. */
export async function quiesce({ sql, system }: Arena, timeoutMs: number): Promise<void> {
  await eventually(
    async () => {
      const [row] = await sql.query<{ open: number; unapplied: number }>(`
        select (select count(*)::int from messages where direction = 'out' and state in ('queued', 'sending', 'scheduled')) as open,
          (select count(*)::int from inbox where processed_at is null) as unapplied`)
      const { updates_pending: pending } = (await system.client.control('stats')) as { updates_pending: number }
      if (!row || row.open > 0 || row.unapplied > 0 || pending > 0) {
        throw new Error(
          `${row?.open} sends are open, ${row?.unapplied} webhooks unapplied, ${pending} statuses to come`
        )
      }
      return true
    },
    { timeoutMs, intervalMs: 200 }
  )
}

/** Holds the ledger against what callers were told and what Meta took. */
export async function check(arena: Arena, acknowledged: Acknowledged, seen: number[]): Promise<Verdict> {
  const { sql, system, ambiguity } = arena
  const wrong: string[] = []
  const refute = (isWrong: boolean, text: string): void => {
    if (isWrong) wrong.push(text)
  }

  const ids = [...acknowledged.sends.values()]
  const lost = await sql.query(
    'select id from unnest($1::uuid[]) i (id) where not exists (select from messages m where m.id = i.id)',
    [ids]
  )
  refute(lost.length > 0, `${lost.length} acknowledged sends are not in the ledger`)
  refute(new Set(ids).size < ids.length, `${ids.length - new Set(ids).size} keys got another key's message`)

  const wamids = [...acknowledged.webhooks]
  const missing = await sql.query(
    "select wamid from unnest($1::text[]) i (wamid) where not exists (select from messages m where m.wamid = i.wamid and m.direction = 'in')",
    [wamids]
  )
  refute(missing.length > 0, `${missing.length} acknowledged webhooks left no message`)

  const { distinct, doubled } = (await system.client.control('messages?limit=1')) as {
    distinct: number
    doubled: unknown[]
  }
  refute(doubled.length > 0, `${doubled.length} messages were posted more than once`)

  const states = await sql.query<{ state: string; many: number }>(
    "select state, count(*)::int as many from messages where direction = 'out' group by state"
  )
  const count = (...names: string[]): number =>
    states.filter(({ state }) => names.includes(state)).reduce((sum, { many }) => sum + many, 0)
  const taken = count('sent', 'delivered', 'read', 'played')
  refute(taken !== distinct, `Meta took ${distinct} messages and ${taken} are known as sent`)
  refute(count('sent', 'delivered') > 0, `${count('sent', 'delivered')} messages stand behind their last status`)
  const unknown = count('unknown')
  refute(unknown > ambiguity.allowed, `${unknown} messages are unknown and at most ${ambiguity.allowed} may be`)

  const gaps = await sql.query<{ seq: number }>(`
    select c.seq from event_counters c where c.seq <> (select count(*) from events e where e.tenant_id = c.tenant_id)
      or c.seq <> (select coalesce(max(seq), 0) from events e where e.tenant_id = c.tenant_id)`)
  refute(gaps.length > 0, 'the log of events has gaps or doubles')
  const unseen = seen.findIndex((seq, index) => seq !== (seen[0] ?? 1) + index)
  refute(unseen !== -1, `a subscriber missed or saw twice the event after ${seen[unseen - 1]}`)

  for (const [name, service] of Object.entries(system.services)) {
    const bytes = await residentBytes(service.pid())
    const files = await openFiles(service.pid())
    refute(bytes === 0, `${name} is dead`)
    refute(bytes > residentBytesMax, `${name} holds ${Math.round(bytes / 1024 / 1024)} MB`)
    refute(files > openFilesMax, `${name} has ${files} files open`)
  }
  return {
    wrong,
    facts: {
      sends: ids.length,
      webhooks: wamids.length,
      taken: distinct,
      unknown,
      allowed: ambiguity.allowed,
      failed: count('failed')
    }
  }
}
