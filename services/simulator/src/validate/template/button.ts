import { callMinutesMax, callPayloadMax } from '../interactive/call.ts'
import { checkOrderDetails } from '../interactive/order.ts'
import { checkProductSections } from '../interactive/products.ts'
import { checkText, invalidParam, type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { checkParams, requireInteger, requireWord } from '../values.ts'
import { type Checks, checkParameters } from './parameters.ts'

type Rule = { count: readonly [min: number, max: number]; checks: Checks }

const thumbnail = 'thumbnail_product_retailer_id'

// Codes that are sent once go in a button of kind `url`.
const rules = new Map<string, Rule>([
  ['quick_reply', one({ payload: text('payload', 1024), text: textOrBoolean })],
  ['url', one({ text: text('text', 2000) })],
  ['copy_code', one({ coupon_code: text('coupon_code', 20) })],
  ['catalog', { count: [0, 1], checks: { action: action(checkThumbnail) } }],
  ['mpm', one({ action: action(checkProducts) })],
  ['flow', { count: [0, 1], checks: { action: action(checkFlow) } }],
  ['order_details', one({ action: action(checkOrder) })],
  ['voice_call', { count: [0, 2], checks: { ttl_minutes: checkMinutes, payload: text('payload', callPayloadMax) } }]
])
const kinds = [...rules.keys()]

/** Checks a button of a template by its kind. */
export function checkButton(component: Params, path: string): void {
  refuseOtherKeys(component, ['type', 'sub_type', 'index', 'parameters'], path)
  const kind = requireWord(component, 'sub_type', path, kinds, { anyCase: true })
  if (component.index !== undefined) buttonIndexOf(component, path)
  else if (kind !== 'voice_call') throw invalidParam(`The parameter ${path}['index'] is required.`)
  const rule = rules.get(kind)
  if (rule !== undefined) checkParameters(component, path, rule.count, rule.checks)
}

/** The place of a button, which Meta's samples write as a number and as a text. */
export function buttonIndexOf({ index }: Params, path: string): number {
  const isPlace = typeof index === 'number' ? Number.isInteger(index) : typeof index === 'string' && /^\d$/.test(index)
  const place = Number(index)
  if (isPlace && place >= 0 && place <= 9) return place
  throw invalidParam(`Param ${path}['index'] must be 0 to 9.`)
}

function one(checks: Checks): Rule {
  return { count: [1, 1], checks }
}

function text(key: string, max: number) {
  return (parameter: Params, path: string) => void requireText(parameter, key, path, { max })
}

function action(check: (fields: Params, path: string) => void) {
  return (parameter: Params, path: string) => check(requireParams(parameter, 'action', path), pathTo(path, 'action'))
}

// One of Meta's samples answers with `true` and `false`.
function textOrBoolean(parameter: Params, path: string): void {
  if (typeof parameter.text !== 'boolean') requireText(parameter, 'text', path, { max: 1024 })
}

function checkThumbnail(fields: Params, path: string): void {
  checkText(fields, thumbnail, path, { optional: true })
}

function checkProducts(fields: Params, path: string): void {
  checkThumbnail(fields, path)
  checkProductSections(fields, path)
}

function checkFlow(fields: Params, path: string): void {
  checkText(fields, 'flow_token', path, { optional: true })
  checkParams(fields, 'flow_action_data', path)
}

function checkOrder(fields: Params, path: string): void {
  checkOrderDetails(requireParams(fields, 'order_details', path), pathTo(path, 'order_details'))
}

function checkMinutes(parameter: Params, path: string): void {
  requireInteger(parameter, 'ttl_minutes', path, 1, callMinutesMax)
}
