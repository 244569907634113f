import { type Detour } from './detour.ts'
import { type ActiveFault } from './faults.ts'
import { titleOf } from './graph-error.ts'
import { type Ids } from './ids.ts'
import { type BusinessNumber } from './numbers.ts'
import { type Phones } from './phones.ts'
import { type Scheduler, type Task } from './scheduler.ts'
import { hash } from './seed.ts'
import { type Settings } from './settings.ts'
import { type StatusNote } from './store.ts'
import { type Update } from './updates.ts'
import { type Recipient } from './validate/recipient.ts'
import { type SendRequest } from './validate/request.ts'
import { categoryOf } from './validate/template.ts'
import { contactFor, whomOf } from './whom.ts'

/** A message whose statuses are to come. */
export type Sent = {
  number: BusinessNumber
  request: SendRequest
  wamid: string
  /** Where the control API sees what was brought about; undefined when nothing is recorded. */
  notes: StatusNote[] | undefined
  faults: readonly ActiveFault[]
  /** How long after now the message counts as accepted. */
  delayMs: number
}

type Word = Exclude<Update['status'], 'received'>

type StatusesParts = {
  settings: Settings
  ids: Ids
  scheduler: Scheduler
  detour: Detour
  phones: Phones
  hasConversations: boolean
}

/** Brings about sent, delivered and read, or failed, each when its time has come: one task per message. */
export function createStatuses({ settings, ids, scheduler, detour, phones, hasConversations }: StatusesParts) {
  let planned = 0

  function emit(sent: Sent, word: Word, atMs: number): void {
    planned--
    sent.notes?.push({ status: word, at: new Date().toISOString() })
    const { number } = sent
    const contact = word === 'failed' ? undefined : contactFor(sent.request.recipient, phones)
    for (const whom of whomOf(sent.request.recipient, word)) {
      const item = statusItem(sent, word, atMs, whom, hasConversations)
      detour.emit({ number, kind: 'statuses', status: word, item, contact }, sent.faults)
    }
  }

  return {
    plan(sent: Sent): void {
      const steps = stepsOf(sent, settings, ids.jitter())
      if (steps.length === 0) return
      planned += steps.length
      const words = steps.map(({ word }) => word)
      if (sent.faults.some(({ fault }) => fault.kind === 'reorder_webhooks')) words.reverse()
      const start = performance.now() + sent.delayMs
      const startAtMs = Date.now() + sent.delayMs
      let next = 0
      const task: Task = { due: 0, order: 0, run: runStep }
      function runStep(): void {
        const word = words[next++]
        const step = steps.find((candidate) => candidate.word === word)
        if (step !== undefined) emit(sent, step.word, startAtMs + step.afterMs)
        const following = steps[next]
        if (following !== undefined) scheduler.schedule(task, start + following.afterMs)
      }
      scheduler.schedule(task, start + (steps[0]?.afterMs ?? 0))
    },
    /** Statuses whose time has not come. */
    planned: () => planned,
    clear(): void {
      planned = 0
    }
  }
}

function stepsOf({ faults, request }: Sent, settings: Settings, jitter: number): { word: Word; afterMs: number }[] {
  const sentMs = settings.sent_delay_ms * jitter
  if (faults.some(({ fault }) => fault.kind === 'fail_status')) return [{ word: 'failed', afterMs: sentMs }]
  if (!settings.statuses) return []
  const steps: { word: Word; afterMs: number }[] = [{ word: 'sent', afterMs: sentMs }]
  // Meta tells nothing but `sent` of a reaction.
  if (request.type === 'reaction' || settings.delivered_delay_ms === null) return steps
  const deliveredMs = Math.max(sentMs, settings.delivered_delay_ms * jitter)
  steps.push({ word: 'delivered', afterMs: deliveredMs })
  if (settings.read_delay_ms === null) return steps
  steps.push({ word: 'read', afterMs: Math.max(deliveredMs, settings.read_delay_ms * jitter) })
  return steps
}

function statusItem(sent: Sent, word: Word, atMs: number, whom: object, hasConversations: boolean): object {
  const { request, wamid } = sent
  const timestamp = Math.floor(atMs / 1000)
  const category = request.templateName === undefined ? 'service' : categoryOf(request.templateName)
  const isPriced = word === 'sent' || word === 'delivered'
  return {
    id: wamid,
    status: word,
    timestamp: String(timestamp),
    ...whom,
    ...(request.callbackData !== undefined && { biz_opaque_callback_data: request.callbackData }),
    ...(isPriced && hasConversations && { conversation: conversationOf(sent, word, timestamp, category) }),
    ...(isPriced && { pricing: pricingOf(category, request.recipient.kind) }),
    ...(word === 'failed' && { errors: [failureOf(sent.faults)] })
  }
}

// Until v23.0; since v24.0 only conversations that an ad began have one.
function conversationOf({ number, request }: Sent, word: Word, timestamp: number, category: string): object {
  const words = [number.id, request.recipient.id].map((id) => hash(id).toString(16).padStart(8, '0'))
  return {
    id: [...words, ...words.reverse()].join(''),
    ...(word === 'sent' && { expiration_timestamp: String(timestamp + 86_400) }),
    origin: { type: category }
  }
}

function pricingOf(category: string, kind: Recipient['kind']): object {
  const isFree = category === 'service'
  const [free, prefix] = kind === 'group' ? ['free_group_customer_service', 'group_'] : ['free_customer_service', '']
  const type = isFree ? free : 'regular'
  return { billable: !isFree, pricing_model: 'PMP', type, category: prefix + category }
}

function failureOf(faults: readonly ActiveFault[]): object {
  const fault = faults.find((active) => active.fault.kind === 'fail_status')?.fault
  if (fault?.kind !== 'fail_status') return {}
  const title = fault.title ?? titleOf(fault.code)
  const href = '/documentation/business-messaging/whatsapp/support/error-codes'
  return { code: fault.code, title, message: title, error_data: { details: title }, href }
}
