import { checkText, type Params, pathTo, refuseOtherKeys } from '../params.ts'
import { checkInteger, checkLabel, checkParams, requireWord } from '../values.ts'

export const callMinutesMax = 43_200
export const callPayloadMax = 512

/** Checks a button that calls the business. */
export function checkCall(action: Params, path: string): void {
  requireWord(action, 'name', path, ['voice_call'])
  const parameters = checkParams(action, 'parameters', path)
  if (parameters === undefined) return
  const at = pathTo(path, 'parameters')
  refuseOtherKeys(parameters, ['display_text', 'ttl_minutes', 'payload'], at)
  checkLabel(parameters, 'display_text', at, 'Display text', 20)
  checkInteger(parameters, 'ttl_minutes', at, 1, callMinutesMax)
  checkText(parameters, 'payload', at, { optional: true, max: callPayloadMax })
}
