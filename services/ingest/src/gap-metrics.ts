import { alarmNames } from '@wag/contracts'
import { type Gaps } from '@wag/db'
import { Gauge, type Registry } from 'prom-client'

export type GapMetrics = ReturnType<typeof createGapMetrics>

/** What operators watch for things that do not come. */
export function createGapMetrics(registry: Registry) {
  const registers = [registry]
  const unanswered = new Gauge({
    name: 'wag_gap_unanswered_messages',
    help: 'Messages sent ALARM_STATUS_S ago or earlier without any status, of the newest 2,000.',
    registers
  })
  const silence = new Gauge({
    name: 'wag_gap_webhook_silence_seconds',
    help: 'Time since the last webhook.',
    registers
  })
  const oldest = new Gauge({
    name: 'wag_gap_inbox_oldest_seconds',
    help: 'How long the oldest webhook has waited for ingest.',
    registers
  })
  const parked = new Gauge({
    name: 'wag_gap_parked_statuses',
    help: 'Statuses of the last day that have waited ALARM_PARKED_S or longer for their message.',
    registers
  })
  const quarantined = new Gauge({ name: 'wag_quarantine_items', help: 'What is in quarantine now.', registers })
  const alarm = new Gauge({
    name: 'wag_alarm',
    help: 'Tenants for which an alarm is raised.',
    labelNames: ['alarm'],
    registers
  })
  const raised = new Map<string, string[]>()

  return {
    /** The alarms that a tenant has now. */
    alarms(tenantId: string, names: string[]): void {
      raised.set(tenantId, names)
      for (const name of alarmNames) {
        alarm.set({ alarm: name }, [...raised.values()].filter((list) => list.includes(name)).length)
      }
    },

    /** The gaps of all tenants together: counts are added, of times the longest counts. */
    show(gaps: Gaps[]): void {
      const sum = (pick: (gap: Gaps) => number) => gaps.reduce((total, gap) => total + pick(gap), 0)
      unanswered.set(sum((gap) => gap.unanswered))
      silence.set(Math.max(0, ...gaps.map((gap) => gap.silentS ?? 0)))
      oldest.set(Math.max(0, ...gaps.map((gap) => gap.oldestS)))
      parked.set(sum((gap) => gap.parked))
      quarantined.set(sum((gap) => gap.quarantined))
    }
  }
}
