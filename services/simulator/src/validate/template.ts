import { GraphError } from '../graph-error.ts'
import { invalidParam, isParams, type Params, requireArray, requireParams, requireText } from './params.ts'

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

export function checkTemplate(template: Params): void {
  const name = requireText(template, 'name', 'template', { max: 512 })
  const language = requireText(requireParams(template, 'language', 'template'), 'code', "template['language']")
  const definition = defined.get(name)
  const exists =
    /^[a-z0-9_]+$/.test(name) && !name.startsWith('missing_') && /^[a-z]{2,3}(_[A-Z]{2,4})?$/.test(language)
  if (!exists || (definition !== undefined && !definition.languages.includes(language))) {
    throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` })
  }
  const given = countBodyParams(template)
  if (definition !== undefined && given !== definition.bodyParams) {
    const details =
      `body: number of localizable_params (${given}) does not match ` +
      `the expected number of params (${definition.bodyParams})`
    throw new GraphError(132000, { details })
  }
}

function countBodyParams(template: Params): number {
  if (template.components === undefined) return 0
  let count = 0
  for (const component of requireArray(template, 'components', 'template')) {
    if (!isParams(component)) throw invalidParam("Param template['components'] must be an array of JSON objects.")
    const type = requireText(component, 'type', "template['components']").toLowerCase()
    if (!['header', 'body', 'button', 'footer', 'limited_time_offer', 'carousel', 'order_status'].includes(type)) {
      throw invalidParam(`Param template['components'] has a component of unknown type "${type}".`)
    }
    if (type === 'body' && Array.isArray(component.parameters)) count += component.parameters.length
  }
  return count
}
