import { invalidParam, type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { refuseRepeated, requireInteger } from '../values.ts'
import { type Checks, checkParameters, misfit } from './parameters.ts'

const textMax = 1024
const parametersMax = 1024

const checks: Checks = {
  text: (parameter, path) => void requireText(parameter, 'text', path, { max: textMax }),
  currency: checkCurrency,
  date_time: (parameter, path) => {
    requireText(requireParams(parameter, 'date_time', path), 'fallback_value', pathTo(path, 'date_time'))
  }
}

/** Checks the parameters of a template's body: in their order, or every one by its name. */
export function checkBody(component: Params, path: string): void {
  refuseOtherKeys(component, ['type', 'parameters'], path)
  const parameters = checkParameters(component, path, [0, parametersMax], checks)
  if (component.parameters === undefined) throw invalidParam(`The parameter ${path}['parameters'] is required.`)
  const names = parameters.flatMap(({ parameter_name: name }) => (typeof name === 'string' ? name : []))
  if (names.length > 0 && names.length < parameters.length) throw misfit('Parameter name is missing or empty')
  refuseRepeated(names, 'parameter_name')
}

function checkCurrency(parameter: Params, path: string): void {
  const currency = requireParams(parameter, 'currency', path)
  const at = pathTo(path, 'currency')
  requireText(currency, 'fallback_value', at)
  const code = requireText(currency, 'code', at)
  if (!/^[A-Z]{3}$/.test(code)) throw invalidParam(`Param ${at}['code'] must be a currency code.`)
  requireInteger(currency, 'amount_1000', at, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
}
