import { checkText, invalidParam, type Params, pathTo, requireParams } from '../params.ts'
import { checkParams, checkWord, requireLabel, requireWord } from '../values.ts'

const version = '3'

/** Checks a button that opens a flow. */
export function checkFlow(action: Params, path: string): void {
  requireWord(action, 'name', path, ['flow'])
  const parameters = requireParams(action, 'parameters', path)
  const at = pathTo(path, 'parameters')
  requireWord(parameters, 'flow_message_version', at, [version])
  const id = checkText(parameters, 'flow_id', at, { optional: true })
  const name = checkText(parameters, 'flow_name', at, { optional: true })
  if ((id === undefined) === (name === undefined)) {
    throw invalidParam(`Exactly one of ${at}['flow_id'] and ${at}['flow_name'] is required.`)
  }
  requireLabel(parameters, 'flow_cta', at, 'Flow CTA', 30)
  checkText(parameters, 'flow_token', at, { optional: true })
  checkWord(parameters, 'mode', at, ['draft', 'published'])
  checkWord(parameters, 'flow_action', at, ['navigate', 'data_exchange'])
  const payload = checkParams(parameters, 'flow_action_payload', at)
  if (payload === undefined) return
  if (parameters.flow_action === 'data_exchange') {
    throw invalidParam(`Param ${at}['flow_action_payload'] is only for the flow_action navigate.`)
  }
  checkText(payload, 'screen', pathTo(at, 'flow_action_payload'), { optional: true })
  const data = checkParams(payload, 'data', pathTo(at, 'flow_action_payload'))
  if (data !== undefined && Object.keys(data).length === 0) throw invalidParam(`Param ${at} has empty data.`)
}
