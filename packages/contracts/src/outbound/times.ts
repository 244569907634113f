import { type Problem } from '../errors.ts'
import { instantOf } from '../instant.ts'
import { unless } from './rule.ts'

/** How far ahead a message may be planned. */
const aheadMaxMs = 366 * 86_400_000

/** What a plan must keep: real times, at most a year ahead, and an end after the beginning. */
export function timesRule(body: { send_at?: string; expires_at?: string }, now: number): Problem[] {
  const sendAt = timeOf(body.send_at)
  const expiresAt = timeOf(body.expires_at)
  const problems = [...timeRule('/send_at', sendAt, now), ...timeRule('/expires_at', expiresAt, now)]
  if (problems.length > 0 || expiresAt === undefined) return problems
  if (expiresAt <= now) return [{ pointer: '/expires_at', detail: 'must lie in the future' }]
  return unless(sendAt === undefined || expiresAt > sendAt, '/expires_at', 'must be later than send_at')
}

function timeRule(pointer: string, time: number | undefined, now: number): Problem[] {
  if (time === undefined) return []
  if (Number.isNaN(time)) return [{ pointer, detail: 'must be a time that exists' }]
  return unless(time <= now + aheadMaxMs, pointer, 'must not be more than a year ahead')
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (instantOf(text)?.getTime() ?? Number.NaN)
}
