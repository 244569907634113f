import { checkOrderStatus } from '../interactive/order.ts'
import { type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { requireInteger, requireItems, requireLink } from '../values.ts'
import { type Checks, checkParameters } from './parameters.ts'

/** Checks when an offer ends. */
export function checkOffer(component: Params, path: string): void {
  checkOnly(component, path, {
    limited_time_offer: (parameter, at) => {
      const offer = requireParams(parameter, 'limited_time_offer', at)
      requireInteger(offer, 'expiration_time_ms', pathTo(at, 'limited_time_offer'), 1, Number.MAX_SAFE_INTEGER)
    }
  })
}

/** Checks where a tap on the header leads. */
export function checkTapTarget(component: Params, path: string): void {
  const key = 'tap_target_configuration'
  checkOnly(component, path, {
    [key]: (parameter, at) => {
      for (const [target, targetPath] of requireItems(parameter, key, at, ['targets', 1, 1])) {
        requireLink(target, 'url', targetPath)
        requireText(target, 'title', targetPath)
      }
    }
  })
}

/** Checks where an order stands. */
export function checkOrderStatusComponent(component: Params, path: string): void {
  checkOnly(component, path, {
    order_status: (parameter, at) => {
      checkOrderStatus(requireParams(parameter, 'order_status', at), pathTo(at, 'order_status'))
    }
  })
}

/** A component with one parameter that is named like itself. */
function checkOnly(component: Params, path: string, checks: Checks): void {
  refuseOtherKeys(component, ['type', 'parameters'], path)
  checkParameters(component, path, [1, 1], checks)
}
