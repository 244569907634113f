import { type Params, pathTo, refuseOtherKeys, requireParams } from '../params.ts'
import { checkBoolean, requireLabel, requireLink, requireWord } from '../values.ts'

/** Checks a button that opens a page. */
export function checkCtaUrl(action: Params, path: string): void {
  requireWord(action, 'name', path, ['cta_url'])
  refuseOtherKeys(action, ['name', 'parameters'], path)
  const parameters = requireParams(action, 'parameters', path)
  const parametersPath = pathTo(path, 'parameters')
  refuseOtherKeys(parameters, ['display_text', 'url', 'payment_link_preview'], parametersPath)
  requireLabel(parameters, 'display_text', parametersPath, 'Display text', 20)
  requireLink(parameters, 'url', parametersPath)
  checkBoolean(parameters, 'payment_link_preview', parametersPath)
}
