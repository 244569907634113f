import { checkText, invalidParam, type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { checkParams, requireItems, requireWord } from '../values.ts'

const keys = ['country', 'values', 'saved_addresses', 'validation_errors']

/** Checks a message that asks for an address. */
export function checkAddress(action: Params, path: string): void {
  requireWord(action, 'name', path, ['address_message'])
  const parameters = requireParams(action, 'parameters', path)
  const at = pathTo(path, 'parameters')
  refuseOtherKeys(parameters, keys, at)
  const country = requireText(parameters, 'country', at)
  if (!/^[A-Z]{2}$/.test(country)) throw invalidParam(`Param ${at}['country'] must be a two-letter country code.`)
  checkAddressFields(checkParams(parameters, 'values', at), pathTo(at, 'values'))
  checkFields(checkParams(parameters, 'validation_errors', at), pathTo(at, 'validation_errors'))
  if (parameters.saved_addresses === undefined) return
  for (const [address, addressPath] of requireItems(parameters, 'saved_addresses', at, ['addresses', 0, 100])) {
    requireText(address, 'id', addressPath)
    checkAddressFields(requireParams(address, 'value', addressPath), pathTo(addressPath, 'value'))
  }
}

/** Meta adds names of fields with each country; all of them are texts. */
function checkFields(fields: Params | undefined, path: string): void {
  if (fields === undefined) return
  for (const key of Object.keys(fields)) checkText(fields, key, path, { optional: true, empty: true })
}

function checkAddressFields(fields: Params | undefined, path: string): void {
  checkFields(fields, path)
  if (fields !== undefined) checkText(fields, 'in_pin_code', path, { optional: true, empty: true, max: 6 })
}
