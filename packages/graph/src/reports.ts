import { type MisfitItem, type ReportItem, type ReportSubject } from '@wag/contracts'
import { misfitItem, type Source, wordLengthMax } from './items.ts'
import { digitsOf, isoTime, isRecord, tidyId, tidyText } from './tidy.ts'

type Value = Record<string, unknown>
type Report = { subject: ReportSubject; key: unknown; topic: string; word: unknown; reason?: unknown; at?: unknown }

/** Which fields report on a template, a number or an account, and how each is read. */
const readers = new Map<string, (value: Value, source: Source) => Report>([
  // Meta's own sample of a quality update comes under the field of the status.
  ['message_template_status_update', (value) => ('event' in value ? templateStatus(value) : templateQuality(value))],
  ['message_template_quality_update', (value) => templateQuality(value)],
  ['message_template_components_update', (value) => template(value, 'components', 'changed')],
  ['template_category_update', (value) => templateCategory(value)],
  ['template_correct_category_detection', (value) => template(value, 'correct_category', value.correct_category)],
  ['phone_number_quality_update', (value) => numberQuality(value)],
  ['phone_number_name_update', (value) => number(value, 'name', value.decision, value.rejection_reason)],
  ['business_username_updates', (value) => number(value, 'username', value.status)],
  ['security', (value) => number(value, 'security', value.event)],
  ['account_settings_update', (value, source) => accountSettings(value, source)],
  ['account_update', (value, source) => accountUpdate(value, source)],
  ['account_review_update', (value, source) => account(source, 'review', value.decision, value.rejection_reason)],
  ['account_alerts', (value, source) => accountAlert(value, source)],
  ['business_capability_update', (_value, source) => account(source, 'capability', 'changed')],
  ['payment_configuration_update', (value, source) => payment(value, source)]
])

/** Whether a field reports on a template, a number or an account. */
export function isReport(field: string): boolean {
  return readers.has(field)
}

/** The value of such a field. `time` is that of its entry. */
export function readReport(source: Source, field: string, value: Value, time: unknown): ReportItem | MisfitItem {
  const report = readers.get(field)?.(value, source)
  const key = tidyId(report?.key)
  const word = tidyText(report?.word, wordLengthMax)
  if (!report || key === undefined || word === undefined) {
    return misfitItem(source, field, 'report without what it is about', value)
  }
  const topic = tidyText(report.topic, 128) ?? 'unknown'
  const item: ReportItem = {
    kind: 'report',
    ...source,
    field,
    subject: report.subject,
    key,
    topic,
    word,
    content: value
  }
  const reason = tidyText(report.reason)
  if (reason !== undefined && reason !== 'NONE') item.reason = reason
  const at = isoTime(report.at) ?? isoTime(time)
  if (at !== undefined) item.at = at
  return item
}

/** Meta writes the language of one template as `en-US` here and `en_US` there; sends name it by the second. */
function template(value: Value, topic: string, word: unknown, reason?: unknown): Report {
  const name = tidyText(value.message_template_name, 512)
  const language = tidyText(value.message_template_language, wordLengthMax)?.replaceAll('-', '_')
  const key = name === undefined ? undefined : `${name}:${language ?? ''}`
  return { subject: 'template', key, topic, word, reason }
}

function templateStatus(value: Value): Report {
  return template(value, 'status', value.event, value.reason)
}

function templateQuality(value: Value): Report {
  return template(value, 'quality', value.new_quality_score)
}

/** With `correct_category` it is an announcement: the category changes a day later, and is reported again then. */
function templateCategory(value: Value): Report {
  if (value.correct_category === undefined) return template(value, 'category', value.new_category)
  return template(value, 'correct_category', value.correct_category)
}

function number(value: Value, topic: string, word: unknown, reason?: unknown): Report {
  return { subject: 'number', key: digitsOf(value.display_phone_number), topic, word, reason }
}

const numberTopics = new Map([
  ['THROUGHPUT_UPGRADE', 'throughput'],
  ['FLAGGED', 'quality'],
  ['UNFLAGGED', 'quality']
])

function numberQuality(value: Value): Report {
  return number(value, numberTopics.get(String(value.event)) ?? 'limit', value.event)
}

function accountSettings(value: Value, source: Source): Report {
  const settings = isRecord(value.phone_number_settings) ? value.phone_number_settings : {}
  const id = tidyId(settings.phone_number_id)
  const report = { topic: 'settings', word: value.type ?? 'changed', at: value.timestamp }
  return id === undefined
    ? { subject: 'account', key: source.accountId, ...report }
    : { subject: 'number', key: id, ...report }
}

function account(source: Source, topic: string, word: unknown, reason?: unknown): Report {
  return { subject: 'account', key: source.accountId, topic, word, reason }
}

/** Events of an account that say whether it may send; all others are topics of their own. */
const stateEvents = new Set([
  'DISABLED_UPDATE',
  'ACCOUNT_RESTRICTION',
  'ACCOUNT_DELETED',
  'ACCOUNT_OFFBOARDED',
  'ACCOUNT_RECONNECTED'
])

function accountUpdate(value: Value, source: Source): Report {
  // PARTNER_* events may come under the id of a portfolio, and name the account inside.
  const wabaId = isRecord(value.waba_info) ? tidyId(value.waba_info.waba_id) : undefined
  const event = tidyText(value.event, wordLengthMax)
  const violation = isRecord(value.violation_info) ? value.violation_info.violation_type : undefined
  const key = wabaId ?? source.accountId
  if (event === undefined || !stateEvents.has(event)) {
    return { subject: 'account', key, topic: event?.toLowerCase() ?? 'unknown', word: event, reason: violation }
  }
  const ban = isRecord(value.ban_info) ? [value.ban_info.waba_ban_state].flat()[0] : undefined
  if (event !== 'ACCOUNT_RESTRICTION') return { subject: 'account', key, topic: 'state', word: ban ?? event }
  const [first] = Array.isArray(value.restriction_info) ? value.restriction_info : [undefined]
  const type = isRecord(first) ? tidyText(first.restriction_type, 128) : undefined
  // A restriction of calls leaves messages alone, and must not lift what stops them.
  const topic = type?.includes('CALL') ? 'calling' : 'state'
  return { subject: 'account', key, topic, word: event, reason: type ?? violation }
}

function accountAlert(value: Value, source: Source): Report {
  const alert = isRecord(value.alert_info) ? value.alert_info : value
  const topic = `alert ${tidyText(alert.alert_type, wordLengthMax) ?? ''}`
  return account(source, topic, alert.alert_status ?? alert.alert_severity, alert.alert_description)
}

function payment(value: Value, source: Source): Report {
  const topic = `payment ${tidyText(value.configuration_name, wordLengthMax) ?? ''}`
  return { ...account(source, topic, value.status), at: value.updated_timestamp }
}
