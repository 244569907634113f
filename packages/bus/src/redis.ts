import { GatewayError } from '@wag/contracts'
import { Redis } from 'ioredis'

export type RedisOptions = {
  url: string
  /** Shown in CLIENT LIST. */
  name: string
  /** Called with every connection error; without a listener they would end the process. */
  onError: (error: Error) => void
}

/** A lost Redis is looked for again this often at the longest, in milliseconds. */
const reconnectDelayMaxMs = 1_000
/** No caller waits longer than this for Redis, in milliseconds. */
const commandDeadlineMs = 1_500
/** A connection on which an answer is this late is given up with all that waits on it, in milliseconds. */
const silenceMaxMs = 1_500

/**
 * A connection for commands: it fails at once while Redis is away instead of queueing, since what it carries is never
 * the only copy.
 */
export function connectRedis({ url, name, onError }: RedisOptions): Redis {
  const redis = new Redis(url, {
    connectionName: name,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // Redis may hang with the connection standing: what is written to it then would pile up without an end.
    socketTimeout: silenceMaxMs,
    retryStrategy: (times) => Math.min(times * 50, reconnectDelayMaxMs)
  })
  redis.on('error', onError)
  return redis
}

/** A connection that waits for Redis however long it takes: for blocking reads and subscriptions. */
export function connectPatientRedis(options: RedisOptions): Redis {
  const redis = new Redis(options.url, patientOptions(options))
  redis.on('error', options.onError)
  return redis
}

function patientOptions({ name }: RedisOptions) {
  return {
    connectionName: name,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 50, reconnectDelayMaxMs)
  }
}

/** See `connectUnheededRedis`. */
class UnheededRedis extends Redis {
  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    // The error listener hears of what is wrong with the connection.
    args[0].promise.catch(() => undefined)
    return super.sendCommand(...args)
  }
}

/**
 * A patient connection for a library that does not look at what becomes of its commands: one that fails because the
 * connection is closed must not end the process.
 */
export function connectUnheededRedis(options: RedisOptions): Redis {
  const redis = new UnheededRedis(options.url, patientOptions(options))
  redis.on('error', options.onError)
  return redis
}

/**
 * Runs a command under a deadline of our own: a half-dead connection settles no promise. Throws `redis_unavailable`
 * when Redis is away or does not answer in time; the command may have been executed all the same.
 */
export async function withRedis<T>(redis: Redis, command: () => Promise<T>): Promise<T> {
  if (redis.status !== 'ready') throw new GatewayError('redis_unavailable', 'Redis is not connected')
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new GatewayError('redis_unavailable', `Redis did not answer within ${commandDeadlineMs} ms`))
    }, commandDeadlineMs)
  })
  try {
    return await Promise.race([command(), deadline])
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('redis_unavailable', 'Redis refused a command', {
      cause: error
    })
  } finally {
    clearTimeout(timer)
  }
}
