import { Type } from 'typebox'
import { type Problem } from '../errors.ts'
import { IdSchema } from './field.ts'
import { withRule } from './rule.ts'

/** Bytes of a raw message as JSON. */
export const rawBytesMax = 65_536

const ours = [
  'messaging_product',
  'to',
  'recipient',
  'recipient_type',
  'biz_opaque_callback_data',
  'from',
  'priority',
  'send_at',
  'expires_at',
  'on_unknown',
  'metadata',
  'media'
]

/** What Meta has and we do not know yet: the fields of the body that goes out, as they are. */
export const RawSchema = withRule(Type.Object({ type: IdSchema }), rawRule)

function rawRule(raw: object): Problem[] {
  const taken = ours.filter((field) => Object.hasOwn(raw, field))
  const problems = taken.map((field) => ({ pointer: `/${field}`, detail: 'must stand beside raw, not in it' }))
  if (new TextEncoder().encode(JSON.stringify(raw)).length <= rawBytesMax) return problems
  return [...problems, { pointer: '', detail: `must not be larger than ${rawBytesMax} bytes as JSON` }]
}
