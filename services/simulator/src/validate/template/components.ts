import { invalidValue, isLonger, isParams, type Known, type Params, refuseOtherKeys } from '../params.ts'
import { refuseRepeated, requireInteger, requireItems, requireWord } from '../values.ts'
import { checkBody } from './body.ts'
import { buttonIndexOf, checkButton } from './button.ts'
import { checkHeader } from './header.ts'
import { checkOffer, checkOrderStatusComponent, checkTapTarget } from './single.ts'

type Check = (component: Params, path: string, known: Known) => void

const ofCards = new Map<string, Check>([
  ['header', checkHeader],
  ['body', checkBody],
  ['button', checkButton]
])
const ofTemplates = new Map<string, Check>([
  ...ofCards,
  ['limited_time_offer', checkOffer],
  ['carousel', checkCards],
  ['tap_target_configuration', checkTapTarget],
  ['order_status', checkOrderStatusComponent]
])

/** The most characters of a code to copy, in a template with an offer that ends. */
const offerCodeMax = 15

/** Checks the components of a template; returns how many parameters its body has. Throws a GraphError. */
export function checkComponents(template: Params, path: string, known: Known): number {
  const components = checkList(template, path, ofTemplates, known)
  if (components.some(({ type }) => type === 'limited_time_offer')) {
    for (const { parameters } of components) refuseLongCode(parameters)
  }
  const body = components.find(({ type }) => type === 'body')
  return Array.isArray(body?.parameters) ? body.parameters.length : 0
}

type Component = { type: string; parameters: unknown }

function checkList(parent: Params, path: string, checks: Map<string, Check>, known: Known): Component[] {
  const types = [...checks.keys()]
  const buttons: number[] = []
  const components = requireItems(parent, 'components', path, ['components', 0, 20]).map(([component, at]) => {
    const type = requireWord(component, 'type', at, types, { anyCase: true })
    checks.get(type)?.(component, at, known)
    if (type === 'button' && component.index !== undefined) buttons.push(buttonIndexOf(component, at))
    return { type, parameters: component.parameters }
  })
  refuseRepeated(buttons, 'button index')
  refuseRepeated(
    components.map(({ type }) => type).filter((type) => type !== 'button'),
    'component'
  )
  return components
}

function checkCards(carousel: Params, path: string, known: Known): void {
  refuseOtherKeys(carousel, ['type', 'cards'], path)
  const indexes = requireItems(carousel, 'cards', path, ['cards', 1, 10]).map(([card, cardPath]) => {
    refuseOtherKeys(card, ['card_index', 'components'], cardPath)
    checkList(card, cardPath, ofCards, known)
    return requireInteger(card, 'card_index', cardPath, 0, 9)
  })
  refuseRepeated(indexes, 'card_index')
}

function refuseLongCode(parameters: unknown): void {
  for (const parameter of Array.isArray(parameters) ? parameters : []) {
    const code: unknown = isParams(parameter) ? parameter.coupon_code : undefined
    if (typeof code === 'string' && isLonger(code, offerCodeMax)) {
      throw invalidValue(`The code of an offer has at most ${offerCodeMax} characters`)
    }
  }
}
