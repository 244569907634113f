import { type InboxResult } from '@wag/contracts'
import { type NewPause } from '@wag/db'
import { type Braking } from './act-on-failures.ts'
import { type SourcedItem } from './items.ts'

/** What an item can come to. */
export type Outcome = 'applied' | 'parked' | 'stored' | 'quarantined'

/** Counts what the items of each webhook came to. */
export type Tally = {
  count(items: SourcedItem[], outcome: Outcome): void
  /** New messages, by the number they came to. */
  inbound: Map<string, number>
  /** Media that new messages brought. */
  media: number
  /** What was paused because of failures. */
  pauses: NewPause[]
  /** What the pace must give way to, by name. */
  brakings: Map<string, Braking>
  /** Adds what another has counted. */
  add(other: Tally): void
  processed(): { id: string; result: InboxResult }[]
}

/** Begins with webhooks that hold nothing. */
export function createTally(webhookIds: string[]): Tally {
  const empty = (): InboxResult => ({ items: 0, applied: 0, parked: 0, stored: 0, quarantined: 0 })
  const results = new Map(webhookIds.map((id) => [id, empty()]))
  return {
    inbound: new Map(),
    media: 0,
    pauses: [],
    brakings: new Map(),
    count(items, outcome) {
      for (const { webhook } of items) {
        const result = results.get(webhook.id)
        if (!result) continue
        result.items++
        result[outcome]++
      }
    },
    add(other) {
      this.media += other.media
      this.pauses.push(...other.pauses)
      for (const [name, braking] of other.brakings) this.brakings.set(name, braking)
      for (const [number, many] of other.inbound) this.inbound.set(number, (this.inbound.get(number) ?? 0) + many)
      for (const { id, result } of other.processed()) {
        const ours = results.get(id)
        if (!ours) continue
        for (const key of ['items', 'applied', 'parked', 'stored', 'quarantined'] as const) ours[key] += result[key]
      }
    },
    processed: () => [...results].map(([id, result]) => ({ id, result }))
  }
}
