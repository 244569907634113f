import { type Db, findReports, type KnownNumber, learnNumbers, type NewEvent } from '@wag/db'
import { actOn } from './act-on-reports.ts'
import { type SourcedItem } from './items.ts'

/**
 * Learns from messages and statuses to which accounts our numbers belong, and their digits. What Meta has reported of
 * either before we knew whose it was is acted on now.
 */
export async function learn(trx: Db, numbers: Map<string, KnownNumber>, items: SourcedItem[]): Promise<NewEvent[]> {
  const learned = new Map<string, KnownNumber>()
  for (const { item } of items) {
    const known = learned.get(item.phoneNumberId ?? '') ?? numbers.get(item.phoneNumberId ?? '')
    if (!known || (item.kind !== 'message' && item.kind !== 'status')) continue
    const wabaId = item.accountId ?? known.wabaId
    const displayNumber = item.displayNumber ?? known.displayNumber
    if (wabaId === known.wabaId && displayNumber === known.displayNumber) continue
    learned.set(known.id, { ...known, wabaId, displayNumber })
  }
  await learnNumbers(trx, [...learned.values()])
  const events: NewEvent[] = []
  for (const number of learned.values()) events.push(...(await catchUp(trx, number)))
  return events
}

async function catchUp(trx: Db, { id, tenantId, wabaId, displayNumber }: KnownNumber): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  const reports = [
    ...(wabaId === null ? [] : await findReports(trx, tenantId, 'account', wabaId)),
    ...(displayNumber === null ? [] : await findReports(trx, tenantId, 'number', displayNumber)),
    ...(await findReports(trx, tenantId, 'number', id))
  ]
  for (const report of reports) events.push(...(await actOn(trx, tenantId, report)))
  return events
}
