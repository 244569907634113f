import { eventually, type TestContext } from '@wag/testkit'
import { type StormClient, startClient } from '../storm/client.ts'
import { pick } from '../storm/random.ts'
import { type Arena, openArena, recoveryMs } from './arena.ts'
import { check, quiesce, type Verdict } from './check.ts'
import { type Fault } from './fault.ts'
import { type Load, startLoad } from './load.ts'

export type FaultReport = { id: string; title: string; skipped?: string; recoveryMs?: number } & Partial<Verdict>

export type FaultsOptions = {
  seed: number
  /** Rows to strike, in this order; each against the same arena. */
  faults: Fault[]
  /** After the rows, random ones until so many minutes are over. */
  minutes?: number
  sendsPerS?: number
  webhooksPerS?: number
  log: (line: string) => void
  onReport?: (report: FaultReport) => void
}

/** Promise: everything works again so long after the cause is gone, in milliseconds. */
export const recoveryMaxMs = 60_000

/**
 * Strikes one fault after another under a load that goes on, and after each one waits until all is quiet and holds the
 * ledger against what callers and Meta saw. Callers do not stop for a fault: what is refused they repeat.
 */
export async function runFaults(t: TestContext, options: FaultsOptions): Promise<FaultReport[]> {
  const { seed, log, onReport = () => undefined } = options
  const began = performance.now()
  const arena = await openArena(t, { seed, log })
  const watcher = startClient({
    urls: [arena.system.realtimeUrl],
    token: arena.system.env.API_KEY ?? '',
    subscriptions: [{ tenant: true }],
    random: arena.random
  })
  t.teardown(() => watcher.close())
  const reports: FaultReport[] = []
  const all = { sends: new Map<string, string>(), webhooks: new Set<string>(), intended: 0 }

  async function row(fault: Fault): Promise<void> {
    const skipped = await fault.skip?.()
    const report = skipped
      ? { id: fault.id, title: fault.title, skipped }
      : await strike(arena, fault, startAs(arena, `${fault.id}-${reports.length}`, options), all, watcher)
    reports.push(report)
    onReport(report)
  }

  for (const fault of options.faults) await row(fault)
  const minutes = options.minutes ?? 0
  const possible = options.faults.filter(({ id }) => !reports.some((report) => report.id === id && report.skipped))
  while (possible.length > 0 && (performance.now() - began) / 60_000 < minutes) await row(pick(arena.random, possible))
  return reports
}

function startAs({ system, journal }: Arena, name: string, options: FaultsOptions): Load {
  return startLoad({
    client: system.client,
    journal,
    name,
    sendsPerS: options.sendsPerS ?? 60,
    webhooksPerS: options.webhooksPerS ?? 40,
    numberId: system.env.WHATSAPP_FROM_PHONE_NUMBER_ID ?? ''
  })
}

type Totals = Load['acknowledged']

async function strike(arena: Arena, fault: Fault, load: Load, all: Totals, watcher: StormClient): Promise<FaultReport> {
  const head = { id: fault.id, title: fault.title }
  const wrong: string[] = []
  const complain = (what: string) => (error: unknown) => {
    wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
  await eventually(async () => (load.acknowledged.sends.size > 20 ? true : Promise.reject(new Error('no load yet'))), {
    timeoutMs: 30_000,
    intervalMs: 50
  }).catch(complain('the load did not begin'))
  await fault.strike(arena).catch(complain('the fault'))
  const tookMs = await recoveryMs(arena, recoveryMaxMs).catch((error: unknown) => {
    complain('no recovery')(error)
    return undefined
  })
  await load.stop(30_000)
  for (const [key, id] of load.acknowledged.sends) all.sends.set(key, id)
  for (const wamid of load.acknowledged.webhooks) all.webhooks.add(wamid)
  all.intended += load.acknowledged.intended
  const answered = load.acknowledged.sends.size
  if (answered < load.acknowledged.intended)
    wrong.push(`${load.acknowledged.intended - answered} sends were never answered`)
  const others = await load.repeat(20).catch((error: unknown) => {
    complain('a repeated send')(error)
    return []
  })
  if (others.length > 0) wrong.push(`${others.length} repeated sends got another message than the first time`)
  await quiesce(arena, 60_000).catch(complain('no quiet'))
  await eventually(() => caughtUp(arena, watcher), { timeoutMs: 30_000, intervalMs: 100 }).catch(
    complain('the subscriber')
  )
  const verdict = await check(arena, all, watcher.seen)
  return {
    ...head,
    ...(tookMs !== undefined && { recoveryMs: tookMs }),
    wrong: [...wrong, ...verdict.wrong],
    facts: verdict.facts
  }
}

async function caughtUp({ sql }: Arena, { seen, reloads }: StormClient): Promise<true> {
  const [row] = await sql.query<{ seq: number }>('select max(seq)::int as seq from event_counters')
  if (reloads > 0) throw new Error('it was told to load anew')
  if ((seen.at(-1) ?? 0) < (row?.seq ?? 0)) throw new Error(`it has seen ${seen.at(-1) ?? 0} of ${row?.seq}`)
  return true
}
