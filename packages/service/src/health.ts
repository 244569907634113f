import { GatewayError } from '@wag/contracts'
import { type FastifyInstance } from 'fastify'

/**
 * What must work for a service to be of use, by name; each rejects with the reason when it does not. What one resolves
 * with, where it is a text, is shown behind its `ok`.
 */
export type Checks = Record<string, () => Promise<unknown>>

/** How long one check may take, in milliseconds. */
const checkTimeoutMs = 2_000
/** How long an answer is good, in milliseconds: anybody may ask, and each check is a write. */
const keepMs = 1_000
const ok = 'ok'

/**
 * `/health/live`: the process answers. `/health/ready`: everything it needs takes writes; 503 with the reasons if not.
 * While it is being stopped Fastify itself answers everything with 503.
 */
export function addHealth(app: FastifyInstance, checks: Checks): void {
  app.get('/health/live', { config: { scope: 'public' }, logLevel: 'warn' }, async () => ({ status: 'ok' }))

  const names = Object.keys(checks)
  let last: { results: Promise<string[]>; until: number } | undefined

  app.get('/health/ready', { config: { scope: 'public' }, logLevel: 'warn' }, async (request, reply) => {
    if (!last || last.until < Date.now()) {
      const results = Promise.all(names.map((name) => runCheck(name, checks, request.log)))
      last = { results, until: Date.now() + keepMs }
    }
    const results = await last.results
    const isReady = results.every((result) => result === ok || result.startsWith(`${ok}: `))
    const entries = names.map((name, index) => [name, results[index]])
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ok' : 'unavailable', checks: Object.fromEntries(entries) })
  })
}

async function runCheck(name: string, checks: Checks, log: FastifyInstance['log']): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs)
  })
  try {
    const detail = await Promise.race([checks[name]?.(), deadline])
    return typeof detail === 'string' ? `${ok}: ${detail}` : ok
  } catch (error) {
    log.warn({ err: error, check: name }, 'not ready')
    // Only texts of our own go out: a driver's may name hosts and users.
    return error instanceof GatewayError ? error.message : 'unreachable'
  } finally {
    clearTimeout(timer)
  }
}
