import { type Alarms, type Gaps, listTenants, measureGaps, noteAlarms } from '@wag/db'
import { featureCodes } from '@wag/graph'
import { every } from '@wag/service'
import { type Config } from './config.ts'
import { type IngestContext } from './context.ts'
import { type GapMetrics } from './gap-metrics.ts'
import { tell } from './tell.ts'

type AlarmsContext = Pick<IngestContext, 'db' | 'log' | 'publisher'> & { gaps: GapMetrics }

/** From when on something is an alarm. */
export type AlarmLimits = Pick<
  Config,
  | 'ALARM_STATUS_S'
  | 'ALARM_STATUS_COUNT'
  | 'ALARM_STATUS_PERCENT'
  | 'ALARM_SILENCE_S'
  | 'ALARM_INBOX_S'
  | 'ALARM_PARKED_S'
  | 'ALARM_PARKED_COUNT'
  | 'ALARM_QUARANTINE_COUNT'
>

/** Looks again and again for what is missing, shows it in metrics, and tells of every alarm that begins or ends. */
export function startAlarms(
  context: AlarmsContext,
  limits: AlarmLimits & { ALARM_INTERVAL_MS: number }
): { stop(): Promise<void> } {
  const { db, log } = context
  const look = async (): Promise<void> => {
    const all: Gaps[] = []
    for (const tenantId of await listTenants(db)) {
      const gaps = await measureGaps(db, tenantId, {
        statusS: limits.ALARM_STATUS_S,
        silenceS: limits.ALARM_SILENCE_S,
        parkedS: limits.ALARM_PARKED_S,
        featureCodes
      })
      const alarms = alarmsOf(gaps, limits)
      tell(context, await noteAlarms(db, tenantId, alarms))
      all.push(gaps)
      context.gaps.alarms(tenantId, Object.keys(alarms))
    }
    context.gaps.show(all)
  }
  return every(limits.ALARM_INTERVAL_MS, look, (error) => log.warn({ err: error }, 'alarms could not be looked at'))
}

/** Which alarms these gaps amount to. */
export function alarmsOf(gaps: Gaps, limits: AlarmLimits): Alarms {
  const alarms: Alarms = {}
  const share = gaps.sent === 0 ? 0 : gaps.unanswered / gaps.sent
  const isMissing = gaps.unanswered >= limits.ALARM_STATUS_COUNT && share * 100 >= limits.ALARM_STATUS_PERCENT
  if (isMissing) alarms.statuses_missing = { count: gaps.unanswered, share: Math.round(share * 1000) / 1000 }
  if (gaps.isSending) alarms.webhooks_silent = gaps.silentS === null ? {} : { seconds: Math.round(gaps.silentS) }
  if (gaps.oldestS >= limits.ALARM_INBOX_S) alarms.inbox_waiting = { seconds: Math.round(gaps.oldestS) }
  if (gaps.parked >= limits.ALARM_PARKED_COUNT) alarms.statuses_parked = { count: gaps.parked }
  if (gaps.quarantined >= limits.ALARM_QUARANTINE_COUNT) alarms.quarantine_filled = { count: gaps.quarantined }
  if (gaps.refusal) {
    const { code, message } = gaps.refusal
    alarms.feature_refused = { count: gaps.refused, error: { ...(code !== undefined && { code }), message } }
  }
  return alarms
}
