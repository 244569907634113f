import { checkText, invalidParam, invalidValue, type Params, pathTo, requireParams, requireText } from '../params.ts'
import { checkParams, requireInteger, requireItems, requireWord } from '../values.ts'

const statuses = [
  'pending',
  'processing',
  'partially_shipped',
  'shipped',
  'completed',
  'canceled',
  'captured',
  'failed'
]

/** Checks a message that asks for a payment. */
export function checkOrderDetailsAction(action: Params, path: string): void {
  requireWord(action, 'name', path, ['review_and_pay'])
  checkOrderDetails(requireParams(action, 'parameters', path), pathTo(path, 'parameters'))
}

/** Checks a message that tells where an order stands. */
export function checkOrderStatusAction(action: Params, path: string): void {
  requireWord(action, 'name', path, ['review_order'])
  checkOrderStatus(requireParams(action, 'parameters', path), pathTo(path, 'parameters'))
}

/** Checks an order to be paid, as templates have it, too. Payments differ by country: what else it holds is let pass. */
export function checkOrderDetails(details: Params, path: string): void {
  checkReference(details, path)
  requireWord(details, 'type', path, ['digital-goods', 'physical-goods'])
  const currency = requireText(details, 'currency', path)
  if (!/^[A-Z]{3}$/.test(currency)) throw invalidParam(`Param ${path}['currency'] must be a currency code.`)
  const total = requireAmount(details, 'total_amount', path)
  const order = requireParams(details, 'order', path)
  const orderPath = pathTo(path, 'order')
  requireWord(order, 'status', orderPath, ['pending'])
  for (const [item, itemPath] of requireItems(order, 'items', orderPath, ['items', 1, 999])) {
    requireText(item, 'name', itemPath, { max: 60 })
    requireAmount(item, 'amount', itemPath)
    if (item.sale_amount !== undefined) requireAmount(item, 'sale_amount', itemPath)
    requireInteger(item, 'quantity', itemPath, 1, Number.MAX_SAFE_INTEGER)
  }
  const sum = requireAmount(order, 'subtotal', orderPath) + extrasOf(order, orderPath)
  if (Math.abs(sum - total) > 1e-9 * Math.max(sum, total)) {
    throw invalidValue('total_amount must be subtotal + tax + shipping - discount')
  }
}

/** Checks where an order stands, as templates have it, too. */
export function checkOrderStatus(parameters: Params, path: string): void {
  checkReference(parameters, path)
  const order = requireParams(parameters, 'order', path)
  requireWord(order, 'status', pathTo(path, 'order'), statuses)
  checkText(order, 'description', pathTo(path, 'order'), { optional: true, empty: true, max: 120 })
}

function checkReference(params: Params, path: string): void {
  const reference = requireText(params, 'reference_id', path, { max: 60 })
  if (!/^[\w.-]+$/.test(reference)) throw invalidParam(`Param ${path}['reference_id'] has characters it cannot have.`)
}

function extrasOf(order: Params, path: string): number {
  const [tax = 0, shipping = 0, discount = 0] = ['tax', 'shipping', 'discount'].map((key) =>
    checkParams(order, key, path) === undefined ? 0 : requireAmount(order, key, path)
  )
  return tax + shipping - discount
}

/** An amount in whole units of its currency. */
function requireAmount(parent: Params, key: string, path: string): number {
  const amount = requireParams(parent, key, path)
  const value = requireInteger(amount, 'value', pathTo(path, key), 0, Number.MAX_SAFE_INTEGER)
  const offset = requireInteger(amount, 'offset', pathTo(path, key), 1, Number.MAX_SAFE_INTEGER)
  return value / offset
}
