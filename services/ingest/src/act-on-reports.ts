import {
  addPause,
  type Db,
  findNumberOf,
  findReports,
  learnOnlyNumber,
  lockTemplate,
  type NewEvent,
  type PauseKey,
  type Report,
  raiseRate,
  removePause
} from '@wag/db'

// Whatever Meta said last decides alone, and every word decides: one that kept what was before would make the outcome
// hang on the order in which the webhooks came. What Meta refuses with a clear error of its own is left to that.
const stoppedTemplate = new Set(['PAUSED', 'DISABLED', 'IN_APPEAL'])
const stoppedAccount = new Set(['DISABLE', 'ACCOUNT_RESTRICTION', 'ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED'])

/** Does what a report that is news asks for, and returns the events of it. */
export function actOn(trx: Db, tenantId: string, report: Report): Promise<NewEvent[]> {
  const { subject, topic } = report
  if (subject === 'template' && topic === 'status') return actOnTemplate(trx, tenantId, report)
  if (subject === 'account' && topic === 'state') return actOnAccount(trx, tenantId, report)
  if (subject === 'number' && topic === 'throughput') return actOnThroughput(trx, tenantId, report)
  return Promise.resolve([])
}

/**
 * Sends name a template without its account: it is stopped for as long as any language of it is. Under a lock, since what is
 * said of two languages at the same moment must not miss each other.
 */
async function actOnTemplate(trx: Db, tenantId: string, { key, word }: Report): Promise<NewEvent[]> {
  const name = key.slice(0, key.lastIndexOf(':'))
  await lockTemplate(trx, tenantId, name)
  const pauseKey: PauseKey = { tenantId, scope: 'template', key: name }
  if (stoppedTemplate.has(word)) return addPause(trx, { ...pauseKey, reason: 'template_state' })
  const others = await findReports(trx, tenantId, 'template')
  const isStopped = others.some(
    (report) => report.topic === 'status' && report.key.startsWith(`${name}:`) && stoppedTemplate.has(report.word)
  )
  return isStopped ? [] : removePause(trx, pauseKey)
}

async function actOnAccount(trx: Db, tenantId: string, { key, word, content }: Report): Promise<NewEvent[]> {
  const pauseKey: PauseKey = { tenantId, scope: 'waba', key }
  const resumesAfterMs = restrictionEndMs(content)
  const isOver = resumesAfterMs !== undefined && resumesAfterMs <= 0
  if (!stoppedAccount.has(word) || isOver) return removePause(trx, pauseKey)
  await learnOnlyNumber(trx, tenantId, key)
  return addPause(trx, {
    ...pauseKey,
    reason: 'integrity_pause',
    error: { message: `Meta reports ${word} for the account.` },
    ...(resumesAfterMs !== undefined && { resumesAfterMs })
  })
}

/** When the last restriction ends; undefined where one of them names no end. */
function restrictionEndMs({ restriction_info: restrictions }: Record<string, unknown>): number | undefined {
  if (!Array.isArray(restrictions) || restrictions.length === 0) return undefined
  const ends = restrictions.map((one: unknown) => Number(Object(one).expiration) * 1000 - Date.now())
  return ends.some(Number.isNaN) ? undefined : Math.max(...ends)
}

async function actOnThroughput(trx: Db, tenantId: string, { accountId, key, word }: Report): Promise<NewEvent[]> {
  if (word !== 'THROUGHPUT_UPGRADE') return []
  const number = await findNumberOf(trx, tenantId, accountId, key)
  if (number) await raiseRate(trx, number.id)
  return []
}
