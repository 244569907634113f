import { type ActiveFault, type Fault } from './faults.ts'
import { type Outbox } from './outbox.ts'
import { type Scheduler } from './scheduler.ts'
import { type Stats } from './stats.ts'
import { type Update } from './updates.ts'

const batchWaitMs = 1000
const diversions = new Set<Fault['kind']>(['batch_webhooks', 'lose_webhooks', 'hold_webhooks'])

export type Detour = ReturnType<typeof createDetour>

/** The way of an update to the outbox, past the webhook faults that hit its message. */
export function createDetour(outbox: Outbox, scheduler: Scheduler, stats: Stats) {
  const batches = new Map<number, Update[]>()
  let held: Update[] = []

  function divert(update: Update, active: ActiveFault | undefined): void {
    const fault = active?.fault
    if (active !== undefined && fault?.kind === 'batch_webhooks') collect(active.id, fault.size, update)
    else if (fault?.kind === 'lose_webhooks') stats.counts.webhooks_lost++
    else if (fault?.kind === 'hold_webhooks') held.push(update)
    else outbox.put(update)
  }

  function collect(ruleId: number, size: number, update: Update): void {
    const batch = batches.get(ruleId) ?? []
    batch.push(update)
    if (batch.length >= size) flush(ruleId, batch)
    else if (batch.length === 1) {
      batches.set(ruleId, batch)
      scheduler.after(batchWaitMs, () => flush(ruleId, batch))
    }
  }

  function flush(ruleId: number, batch: Update[]): void {
    if (batches.get(ruleId) !== batch) return
    batches.delete(ruleId)
    outbox.putTogether(batch)
  }

  return {
    emit(update: Update, faults: readonly ActiveFault[]): void {
      const applying = faults.filter(({ fault }) => appliesTo(fault, update))
      const diversion = applying.find(({ fault }) => diversions.has(fault.kind))
      if (applying.some(({ fault }) => fault.kind === 'duplicate_webhooks')) divert(update, diversion)
      divert(update, diversion)
    },
    held: () => held.length,
    /** Updates in batches that are not full yet. */
    collecting: () => [...batches.values()].reduce((sum, batch) => sum + batch.length, 0),
    /** Lets go what a fault holds. */
    release(): number {
      const released = held
      held = []
      for (const update of released) outbox.put(update)
      return released.length
    },
    clear(): void {
      batches.clear()
      held = []
    }
  }
}

function appliesTo({ match }: Fault, { status }: Update): boolean {
  return match?.status === undefined || match.status === status
}
