import { checkAddress } from './interactive/address.ts'
import { checkButtons } from './interactive/buttons.ts'
import { checkCall } from './interactive/call.ts'
import { checkCarousel } from './interactive/carousel.ts'
import { checkFlow } from './interactive/flow.ts'
import { checkCtaUrl } from './interactive/link.ts'
import { checkList } from './interactive/list.ts'
import { checkOrderDetailsAction, checkOrderStatusAction } from './interactive/order.ts'
import { checkCatalogue, checkProduct, checkProductList } from './interactive/products.ts'
import { checkMedium } from './medium.ts'
import {
  checkText,
  invalidValue,
  type Known,
  type Params,
  refuseOtherKeys,
  requireParams,
  requireText
} from './params.ts'
import { requireWord } from './values.ts'

type Check = (action: Params, path: string, known: Known) => unknown

/** What a kind of interactive message may have. Without a word: any header, a body of 1,024 characters, a footer. */
type Kind = {
  check: Check
  header?: 'none' | 'text' | 'textRequired'
  body?: 'long' | 'optional'
  hasFooter?: false
}

const kinds = new Map<string, Kind>([
  ['button', { check: checkButtons }],
  ['list', { check: checkList, header: 'text', body: 'long' }],
  ['cta_url', { check: checkCtaUrl }],
  ['flow', { check: checkFlow }],
  ['product', { check: checkProduct, header: 'none', body: 'optional' }],
  ['product_list', { check: checkProductList, header: 'textRequired' }],
  ['catalog_message', { check: checkCatalogue, header: 'none' }],
  ['location_request_message', { check: named('send_location'), header: 'none', hasFooter: false }],
  ['address_message', { check: checkAddress }],
  ['carousel', { check: checkCarousel, header: 'none', hasFooter: false }],
  ['order_details', { check: checkOrderDetailsAction }],
  ['order_status', { check: checkOrderStatusAction }],
  ['voice_call', { check: checkCall }],
  [
    'call_permission_request',
    { check: named('call_permission_request'), header: 'none', body: 'optional', hasFooter: false }
  ],
  ['request_contact_info', { check: named('request_contact_info'), header: 'none', hasFooter: false }]
])
const names = [...kinds.keys()]
const at = 'interactive'

/** Checks an interactive message of any kind; throws a GraphError. */
export function checkInteractive(interactive: Params, known: Known): void {
  const type = requireWord(interactive, 'type', at, names)
  const kind = kinds.get(type)
  if (kind === undefined) return
  const { check, header, body, hasFooter = true } = kind
  const parts = [...(header === 'none' ? [] : ['header']), ...(hasFooter ? ['footer'] : [])]
  refuseOtherKeys(interactive, ['type', 'body', 'action', ...parts], at)
  if (body !== 'optional' || interactive.body !== undefined) {
    requireText(requireParams(interactive, 'body', at), 'text', `${at}['body']`, { max: body === 'long' ? 4096 : 1024 })
  }
  if (interactive.footer !== undefined) {
    requireText(requireParams(interactive, 'footer', at), 'text', `${at}['footer']`, { max: 60 })
  }
  checkHeader(interactive, header, known)
  check(requireParams(interactive, 'action', at), `${at}['action']`, known)
}

function checkHeader(interactive: Params, rule: Kind['header'], known: Known): void {
  if (interactive.header === undefined && rule !== 'textRequired') return
  const header = requireParams(interactive, 'header', at)
  const path = `${at}['header']`
  const kind = requireWord(header, 'type', path, ['text', 'image', 'video', 'document'])
  refuseOtherKeys(header, kind === 'text' ? ['type', 'text', 'sub_text'] : ['type', kind], path)
  if (kind === 'text') {
    requireText(header, 'text', path, { max: 60 })
    checkText(header, 'sub_text', path, { optional: true, max: 60 })
  } else if (rule !== undefined) throw invalidValue('Header of this message must be of type text')
  else checkMedium(header, kind, path, kind === 'document' ? ['filename'] : [], known)
}

/** An action that is nothing but its name. */
function named(name: string): Check {
  return (action, path) => {
    requireWord(action, 'name', path, [name])
    refuseOtherKeys(action, ['name'], path)
  }
}
