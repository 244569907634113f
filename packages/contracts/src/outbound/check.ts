import { type TSchema, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { type Problem } from '../errors.ts'
import { type Recipient } from '../sending.ts'
import { type CheckedMessage } from './checked-message.ts'
import { type OutboundContent, type OutboundType, outboundObjects } from './content.ts'
import { EnvelopeSchema, ownFields, passedFields, recipientRule } from './envelope.ts'
import { explain, problemsMax } from './explain.ts'
import { isRecord } from './is-record.ts'
import { messageRules } from './message-rules.ts'
import { unsound } from './sound.ts'
import { timesRule } from './times.ts'

export type MessageCheck = { ok: true; value: CheckedMessage } | { ok: false; problems: Problem[] }

/** Messages that hold links to media: in themselves, in headers and cards, in parameters. */
const mediaTypes = new Set<string>(['image', 'video', 'audio', 'document', 'sticker', 'interactive', 'template'])

const shapes = new Map<string, { schema: TSchema; validator: Validator }>(
  outboundObjects.map(([type, object]) => {
    const schema = messageSchema(type, object)
    return [type, { schema, validator: Compile(schema) }]
  })
)
const envelopeShape: TSchema = EnvelopeSchema
const envelope = Compile(EnvelopeSchema)
const known = outboundObjects.map(([type]) => type).join(', ')

function messageSchema(type: OutboundType, object: TSchema): TSchema {
  return Type.Object(
    {
      type: Type.Literal(type),
      [type]: object,
      ...passedFields,
      ...ownFields,
      ...(type === 'text' ? { preview_url: Type.Optional(Type.Boolean()) } : {}),
      ...(mediaTypes.has(type) ? { media: Type.Optional(Type.Literal('upload')) } : {})
    },
    { additionalProperties: false }
  )
}

/**
 * Checks a message as a caller gives it, before anything else sees it. Pure but for `now`, and total: whatever JSON
 * holds is either a checked message or a list of problems, each with a JSON pointer and the rule in words.
 */
export function checkMessage(body: unknown, now = Date.now()): MessageCheck {
  if (!isRecord(body)) return refused([{ pointer: '', detail: 'must be an object' }])
  const problem = unsound(body)
  if (problem) return refused([problem])
  const type = body.type === undefined ? impliedType(body) : body.type
  const shape = typeof type === 'string' ? shapes.get(type) : undefined
  if (!shape) {
    const ofEnvelope = envelope.Check(body) ? [] : explain(envelopeShape, body)
    return refused([
      { pointer: '/type', detail: `must be one of ${known}` },
      ...ofEnvelope,
      ...envelopeRules(body, now)
    ])
  }
  const value = body.type === undefined ? { ...body, type } : body
  if (!shape.validator.Check(value)) return refused([...explain(shape.schema, value), ...envelopeRules(body, now)])
  const message = value as CheckedMessage
  const problems = [...envelopeRules(message, now), ...messageRules(message)]
  return problems.length > 0 ? refused(problems) : { ok: true, value: withCallbackData(message) }
}

/** The rules between the fields of the envelope, whatever else is wrong, once each of those fields is right by itself. */
function envelopeRules(body: unknown, now: number): Problem[] {
  return envelope.Check(body) ? [...recipientRule(body), ...timesRule(body, now)] : []
}

/**
 * Meta's callback field carries our own id, by which its statuses find the message; a caller's goes into the metadata,
 * which comes back with every event just the same.
 */
function withCallbackData(message: CheckedMessage): CheckedMessage {
  const { biz_opaque_callback_data: callbackData, ...rest } = message
  if (callbackData === undefined) return message
  return { ...rest, metadata: { biz_opaque_callback_data: callbackData, ...rest.metadata } } as CheckedMessage
}

function refused(problems: Problem[]): MessageCheck {
  return { ok: false, problems: problems.slice(0, problemsMax) }
}

/** Meta takes a message without a type for a text, and its samples leave it out where the object tells. */
function impliedType(body: Record<string, unknown>): string | undefined {
  const types = outboundObjects.map(([type]) => type).filter((type) => Object.hasOwn(body, type))
  return types.length === 1 ? types[0] : undefined
}

/** What the ledger keeps of a message and Meta gets: its fields without the recipient and without ours. */
export function contentOf(message: CheckedMessage): OutboundContent {
  const content = Object.fromEntries(Object.entries(message).filter(([field]) => !notContent.has(field)))
  if (message.type !== 'text' || message.preview_url === undefined) return content as OutboundContent
  return { ...content, text: { ...message.text, preview_url: message.preview_url } } as OutboundContent
}

const notContent = new Set([...Object.keys(ownFields), 'preview_url', 'media'])

/** Whom a checked message goes to. The id of a phone is as the caller wrote it: not yet digits. */
export function recipientOf({ to, recipient, recipient_type: type }: CheckedMessage): Recipient {
  if (recipient !== undefined) return { kind: 'user', id: recipient }
  return { kind: type === 'group' ? 'group' : 'phone', id: to ?? '' }
}
