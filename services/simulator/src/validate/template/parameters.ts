import { GraphError } from '../../graph-error.ts'
import { checkText, type Params, refuseOtherKeys } from '../params.ts'
import { requireItems, requireWord } from '../values.ts'

/** How each type of parameter is checked. */
export type Checks = Readonly<Record<string, (parameter: Params, path: string) => void>>

/** Checks the parameters of a component: their number, their types, what each holds. */
export function checkParameters(
  component: Params,
  path: string,
  [min, max]: readonly [min: number, max: number],
  checks: Checks
): Params[] {
  if (component.parameters === undefined && min === 0) return []
  const parameters = requireItems(component, 'parameters', path, ['parameters', min, max])
  return parameters.map(([parameter, parameterPath]) => {
    const type = requireWord(parameter, 'type', parameterPath, Object.keys(checks))
    checkText(parameter, 'parameter_name', parameterPath, { optional: true })
    refuseOtherKeys(parameter, ['type', 'parameter_name', 'payment_link_preview', type], parameterPath)
    checks[type]?.(parameter, parameterPath)
    return parameter
  })
}

/** What Meta says where parameters do not fit the template they are for. */
export function misfit(details: string): GraphError {
  return new GraphError(132012, { details })
}
