import { GatewayError } from '@wag/contracts'
import { classify } from './errors.ts'
import { type Exchange } from './exchange.ts'
import { readJson } from './json.ts'
import { readMetaError } from './meta-error.ts'
import { isRecord } from './tidy.ts'

/** Makes sure that Meta did what it was asked, and has nothing further to say. Pure; throws a `GatewayError`. */
export function assertDone(exchange: Exchange): void {
  if (exchange.kind !== 'answered') throw unavailable(exchange.reason)
  const { status, body } = exchange.answer
  const json = readJson(body)
  if (status === 200 && isRecord(json) && json.success === true) return
  const error = isRecord(json) ? readMetaError(json.error) : undefined
  if (error?.code !== undefined) {
    const { message, details, code } = error
    if (classify(code).action !== 'fail') throw unavailable(`code ${code}`)
    throw refused(details === undefined ? message : `${message}: ${details}`)
  }
  const isRefusal = status >= 300 && status < 500 && status !== 408 && status !== 429
  throw isRefusal ? refused(`Meta answered HTTP ${status}`) : unavailable(`HTTP ${status}`)
}

function refused(message: string): GatewayError {
  return new GatewayError('meta_refused', message)
}

function unavailable(reason: string): GatewayError {
  return new GatewayError('graph_unavailable', `Meta did not say that it was done (${reason})`)
}
