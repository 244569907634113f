import { type ReportItem } from '@wag/contracts'
import { type Db, type NewEvent, type Report, storeReports } from '@wag/db'
import { actOn } from './act-on-reports.ts'
import { ofKind, pastTimeOf, type SourcedItem } from './items.ts'
import { type Tally } from './tally.ts'

/** Keeps what Meta reports of a tenant's templates, numbers and accounts, acts on what is news, and tells of it. */
export async function applyReports(trx: Db, tenantId: string, items: SourcedItem[], tally: Tally): Promise<NewEvent[]> {
  const reports = ofKind(items, 'report')
  if (reports.length === 0) return []
  const news = await storeReports(trx, tenantId, reports.map(reportOf))
  tally.count(reports, 'applied')
  const events: NewEvent[] = []
  for (const report of news) {
    events.push(eventOf(tenantId, report))
    events.push(...(await actOn(trx, tenantId, report)))
  }
  return events
}

function reportOf(sourced: SourcedItem<ReportItem>): Report {
  const { item } = sourced
  const { subject, key, topic, word, content } = item
  return {
    subject,
    accountId: item.accountId ?? '',
    key,
    topic,
    word,
    reason: item.reason ?? null,
    at: pastTimeOf(sourced),
    content
  }
}

function eventOf(tenantId: string, { subject, accountId, key, topic, word, reason }: Report): NewEvent {
  return {
    tenantId,
    type: `${subject}.updated`,
    data: {
      accountId: subject === 'account' ? key : accountId,
      ...(subject === 'template' && templateOf(key)),
      ...(subject === 'number' && { displayNumber: key }),
      topic,
      value: word,
      ...(reason !== null && { reason })
    }
  }
}

/** A template's key is its name and its language, neither of which holds a colon. */
function templateOf(key: string): { template: string; language: string } {
  const colon = key.lastIndexOf(':')
  return { template: key.slice(0, colon), language: key.slice(colon + 1) }
}
