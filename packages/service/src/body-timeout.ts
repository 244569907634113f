import { type FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long a client may take to send its body, in milliseconds. */
    bodyTimeoutMs?: number
  }
}

/** Enough for any body but a large file. */
const bodyTimeoutMs = 60_000

/**
 * Cuts clients whose body does not come to its end in time, by the route: Node knows one time for all requests, which has
 * to suffice for the largest file over the slowest line.
 */
export function addBodyTimeout(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const hasBody = 'content-length' in raw.headers || 'transfer-encoding' in raw.headers
    if (!hasBody || raw.complete !== false) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy()
    }, routeOptions.config.bodyTimeoutMs ?? bodyTimeoutMs)
    raw.once('close', () => clearTimeout(timer))
  })
}
