import t from 'tap'
import { type ErrorCode, errorCodes, GatewayError } from '../src/index.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]

t.test('every code is answered with its status, and only faults of 500 and above invite a repeat', async (t) => {
  for (const code of codes) {
    const error = new GatewayError(code, 'text')
    t.equal(error.statusCode, errorCodes[code])
    t.equal(error.retryable, error.statusCode >= 500, code)
    t.ok(error.statusCode >= 400 && error.statusCode < 600)
  }
})

t.test('what makes a caller repeat is named as such', async (t) => {
  for (const code of ['ledger_unavailable', 'redis_unavailable', 'overloaded'] as const) t.equal(errorCodes[code], 503)
  t.equal(errorCodes.bad_signature, 401)
  t.equal(errorCodes.unauthorized, 401)
})

t.test('an error keeps its cause, and may say otherwise about repeating', async (t) => {
  const cause = new Error('below')
  const error = new GatewayError('graph_unavailable', 'above', { cause, retryable: false })
  t.equal(error.cause, cause)
  t.equal(error.retryable, false)
  t.ok(error instanceof Error)
  t.notOk('cause' in new GatewayError('internal', 'text'), 'no cause is not a cause of undefined')
})
