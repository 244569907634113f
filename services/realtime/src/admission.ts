import { type Db } from '@wag/db'
import { type Authenticator } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { type Config } from './config.ts'
import { type Guests } from './guests.ts'
import { identify } from './identity.ts'
import { type Metrics } from './metrics.ts'
import { type SocketServer } from './server.ts'

export type AdmissionContext = {
  config: Config
  db: Db
  authenticate: Authenticator
  guests: Guests
  metrics: Metrics
  log: FastifyBaseLogger
}

/** Lets a socket in by its credential, and reads from where it wants to go on. Refusals say what to change. */
export function addAdmission(io: SocketServer, context: AdmissionContext): void {
  const { config, db, authenticate, guests, metrics, log } = context
  io.use(async (socket, next) => {
    const refuse = (reason: string, text: string): void => {
      metrics.refused.inc({ reason })
      next(new Error(text))
    }
    try {
      const { token, after } = socket.handshake.auth
      const identity = await identify(db, authenticate, token)
      if (!identity) return refuse('credentials', 'unauthorized: send a valid API key or realtime token in auth.token')
      if (!isAfter(after)) return refuse('after', 'bad_request: auth.after must be the last seq you have seen')
      if (guests.countKey(identity.keyId) >= config.REALTIME_CONNECTIONS_PER_KEY_MAX) {
        return refuse('key', 'too_many_connections: this key has reached REALTIME_CONNECTIONS_PER_KEY_MAX')
      }
      socket.data.identity = identity
      socket.data.after = after
      next()
    } catch (error) {
      log.warn({ err: error }, 'cannot authenticate a socket')
      // Refused in words a client would give up; cut, it comes back.
      socket.conn.close()
    }
  })
}

function isAfter(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
}
