import { GraphError } from '../graph-error.ts'
import { type Known, type Params, refuseOtherKeys, requireParams, requireText } from './params.ts'
import { checkComponents } from './template/components.ts'
import { checkWord } from './values.ts'

type Template = {
  languages: readonly string[]
  bodyParams: number
  category: 'marketing' | 'utility' | 'authentication'
}

// Templates with a definition to be checked against. Every other well-formed name is taken to exist, in every language
// and with any parameters, unless it begins with `missing_`.
const defined = new Map<string, Template>([
  ['hello_world', { languages: ['en_US'], bodyParams: 0, category: 'utility' }],
  ['order_update', { languages: ['en_US', 'de'], bodyParams: 2, category: 'utility' }],
  ['summer_sale', { languages: ['en_US'], bodyParams: 1, category: 'marketing' }],
  ['sign_in_code', { languages: ['en_US', 'de', 'pt_BR'], bodyParams: 1, category: 'authentication' }]
])

/** What a template message is priced as. */
export function categoryOf(name: string): string {
  return defined.get(name)?.category ?? 'marketing'
}

export function checkTemplate(template: Params, known: Known): void {
  refuseOtherKeys(template, ['name', 'language', 'components'], 'template')
  const name = requireText(template, 'name', 'template', { max: 512 })
  const language = requireParams(template, 'language', 'template')
  const code = requireText(language, 'code', "template['language']")
  checkWord(language, 'policy', "template['language']", ['deterministic'])
  const definition = defined.get(name)
  const exists = /^[a-z0-9_]+$/.test(name) && !name.startsWith('missing_') && /^[a-z]{2,3}(_[A-Z]{2,4})?$/.test(code)
  if (!exists || (definition !== undefined && !definition.languages.includes(code))) {
    throw new GraphError(132001, { details: `template name (${name}) does not exist in ${code}` })
  }
  const given = template.components === undefined ? 0 : checkComponents(template, 'template', known)
  if (definition !== undefined && given !== definition.bodyParams) {
    const details =
      `body: number of localizable_params (${given}) does not match ` +
      `the expected number of params (${definition.bodyParams})`
    throw new GraphError(132000, { details })
  }
}
