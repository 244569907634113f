import {
  addPause,
  type Db,
  findNumberOf,
  findReports,
  learnOnlyNumber,
  type NewEvent,
  type PauseKey,
  type Report,
  raiseRate,
  removePause
} from '@wag/db'

/** What stops the sends of a template, and what lets them go on; other words change nothing. */
const stoppedTemplate = new Set(['PAUSED', 'DISABLED'])
const sendableTemplate = new Set(['APPROVED', 'REINSTATED', 'UNPAUSED', 'FLAGGED'])

/** The same of an account. */
const stoppedAccount = new Set(['DISABLE', 'ACCOUNT_RESTRICTION', 'ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED'])
const sendableAccount = new Set(['REINSTATE', 'ACCOUNT_RECONNECTED'])

/** Does what a report that is news asks for, and returns the events of it. */
export function actOn(trx: Db, tenantId: string, report: Report): Promise<NewEvent[]> {
  const { subject, topic } = report
  if (subject === 'template' && topic === 'status') return actOnTemplate(trx, tenantId, report)
  if (subject === 'account' && topic === 'state') return actOnAccount(trx, tenantId, report)
  if (subject === 'number' && topic === 'throughput') return actOnThroughput(trx, tenantId, report)
  return Promise.resolve([])
}

/** Sends name a template without its account: it is stopped for as long as any language of it is. */
async function actOnTemplate(trx: Db, tenantId: string, { key, word }: Report): Promise<NewEvent[]> {
  const name = key.slice(0, key.lastIndexOf(':'))
  const pauseKey: PauseKey = { tenantId, scope: 'template', key: name }
  if (stoppedTemplate.has(word)) return addPause(trx, { ...pauseKey, reason: 'template_state' })
  if (!sendableTemplate.has(word)) return []
  const others = await findReports(trx, tenantId, 'template')
  const isStopped = others.some(
    (report) => report.topic === 'status' && report.key.startsWith(`${name}:`) && stoppedTemplate.has(report.word)
  )
  return isStopped ? [] : removePause(trx, pauseKey)
}

async function actOnAccount(trx: Db, tenantId: string, { key, word, content }: Report): Promise<NewEvent[]> {
  const pauseKey: PauseKey = { tenantId, scope: 'waba', key }
  if (sendableAccount.has(word)) return removePause(trx, pauseKey)
  if (!stoppedAccount.has(word)) return []
  await learnOnlyNumber(trx, tenantId, key)
  const resumesAfterMs = restrictionEndMs(content)
  if (resumesAfterMs !== undefined && resumesAfterMs <= 0) return []
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
