import { type Throttle } from '@wag/bus'
import { type ApiNumber, type ApiPause } from '@wag/contracts'
import { countWaiting, type Db, type NumberRecord, type Pause, pausesOf, type Waiting } from '@wag/db'
import { explain } from '@wag/graph'

/** Where what is told of a number comes from; `throttles` knows nothing while Redis is away. */
export type NumberSources = { db: Db; throttles: (ids: string[]) => Promise<Map<string, Throttle> | undefined> }

/** Numbers as callers see them. What waits is counted up to `countMax` for each priority. */
export async function numberViews(
  { db, throttles }: NumberSources,
  numbers: NumberRecord[],
  countMax: number
): Promise<ApiNumber[]> {
  const [first] = numbers
  if (!first) return []
  const ids = numbers.map(({ id }) => id)
  const [pauses, waiting, slowed] = await Promise.all([
    pausesOf(db, first.tenantId, ids),
    countWaiting(db, ids, countMax),
    throttles(ids)
  ])
  return numbers.map((number) => ({
    ...numberView(number, pauses.get(number.id) ?? [], waiting.get(number.id)),
    ...(slowed && { throttle: throttleView(slowed.get(number.id)) })
  }))
}

function throttleView(throttle: Throttle | undefined): NonNullable<ApiNumber['throttle']> | null {
  if (!throttle) return null
  const { heldMs, share } = throttle
  return {
    until: heldMs > 0 ? new Date(Date.now() + heldMs).toISOString() : null,
    share: Math.round(share * 100) / 100
  }
}

function numberView(number: NumberRecord, pauses: Pause[], waiting: Waiting | undefined): ApiNumber {
  const { otp = 0, normal = 0, bulk = 0, unknown = 0, oldestDueAt } = waiting ?? {}
  return {
    id: number.id,
    default: number.isDefault,
    rate: number.rate,
    waba_id: number.wabaId,
    status: pauses.length > 0 ? 'paused' : 'sending',
    pauses: pauses.map(pauseView),
    queued: { otp, normal, bulk },
    oldest_due_at: oldestDueAt?.toISOString() ?? null,
    unknown
  }
}

/** A pause with what it means in the words of today. The key is left out: it may name a token. */
export function pauseView({ scope, reason, error, pausedAt, resumesAt }: Pause): ApiPause {
  const explanation = explain(error?.code)
  return {
    scope,
    reason,
    ...(error && { error }),
    ...(explanation && { explanation }),
    paused_at: pausedAt.toISOString(),
    resumes_at: resumesAt?.toISOString() ?? null
  }
}
