import { readJson } from './json.ts'
import { isRecord } from './tidy.ts'

/**
 * Milliseconds until Meta lets the account make calls again, from `X-Business-Use-Case-Usage`; 0 where it does not say.
 * The header holds JSON: by account id a list of allowances, each with `estimated_time_to_regain_access` in minutes.
 */
export function readRegainMs(usage: string | undefined): number {
  const accounts = usage === undefined ? undefined : readJson(Buffer.from(usage))
  if (!isRecord(accounts)) return 0
  const minutes = Object.values(accounts).flatMap((entries) => (Array.isArray(entries) ? entries.map(minutesOf) : []))
  return Math.max(0, ...minutes) * 60_000
}

function minutesOf(entry: unknown): number {
  const minutes = isRecord(entry) ? entry.estimated_time_to_regain_access : undefined
  return typeof minutes === 'number' && Number.isFinite(minutes) ? minutes : 0
}
