import { checkMedium } from '../medium.ts'
import {
  invalidValue,
  type Known,
  type Params,
  pathTo,
  refuseOtherKeys,
  requireParams,
  requireText
} from '../params.ts'
import { refuseRepeated, requireInteger, requireItems, requireWord } from '../values.ts'
import { checkReply } from './buttons.ts'
import { checkCtaUrl } from './link.ts'
import { checkProduct } from './products.ts'

const lineBreaksMax = 2

/** Checks cards to swipe through: pages, replies or products, but all of one layout. */
export function checkCarousel(action: Params, path: string, known: Known): void {
  refuseOtherKeys(action, ['cards'], path)
  const cards = requireItems(action, 'cards', path, ['cards', 2, 10])
  const indexes = cards.map(([card, cardPath]) => requireInteger(card, 'card_index', cardPath, 0, 9))
  refuseRepeated(indexes, 'card_index')
  const layouts = cards.map(([card, cardPath]) => checkCard(card, cardPath, known))
  if (new Set(layouts).size > 1) throw invalidValue('All cards of a carousel must have the same components')
}

/** Returns what all cards must have alike. */
function checkCard(card: Params, path: string, known: Known): string {
  const type = requireWord(card, 'type', path, ['cta_url', 'product'])
  const action = requireParams(card, 'action', path)
  const actionPath = pathTo(path, 'action')
  if (type === 'product') {
    refuseOtherKeys(card, ['card_index', 'type', 'action'], path)
    return `product of ${checkProduct(action, actionPath)}`
  }
  refuseOtherKeys(card, ['card_index', 'type', 'header', 'body', 'action'], path)
  const header = requireParams(card, 'header', path)
  const medium = requireWord(header, 'type', pathTo(path, 'header'), ['image', 'video'])
  checkMedium(header, medium, pathTo(path, 'header'), [], known)
  if (card.body !== undefined) checkCardBody(requireParams(card, 'body', path), pathTo(path, 'body'))
  return `${medium} ${checkCardAction(action, actionPath)}`
}

function checkCardBody(body: Params, path: string): void {
  const lines = requireText(body, 'text', path, { max: 160 }).split('\n')
  if (lines.length > lineBreaksMax + 1) throw invalidValue(`${path} has more than ${lineBreaksMax} line breaks`)
}

function checkCardAction(action: Params, path: string): string {
  if (action.buttons === undefined) {
    checkCtaUrl(action, path)
    return 'url'
  }
  refuseOtherKeys(action, ['buttons'], path)
  const buttons = requireItems(action, 'buttons', path, ['buttons', 1, 3])
  for (const [button, buttonPath] of buttons) {
    requireWord(button, 'type', buttonPath, ['quick_reply'])
    checkReply(button, 'quick_reply', buttonPath)
  }
  return `${buttons.length} replies`
}
