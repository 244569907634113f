import { every, type Loop } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { bufferedBytes, terminate } from './connection.ts'
import { type Metrics } from './metrics.ts'
import { type SocketServer } from './server.ts'

/** How often the buffers of all sockets are looked at, in milliseconds. */
const lookIntervalMs = 250

/** Cuts readers that fall behind: what waits for them is memory of ours. They come back and go on by `seq`. */
export function watchSlowReaders(io: SocketServer, bytesMax: number, metrics: Metrics, log: FastifyBaseLogger): Loop {
  const look = async (): Promise<void> => {
    metrics.rooms.set(io.sockets.adapter.rooms.size - io.sockets.adapter.sids.size)
    for (const socket of io.sockets.sockets.values()) {
      const bytes = bufferedBytes(socket.conn)
      if (bytes <= bytesMax) continue
      metrics.cut.inc({ reason: 'slow' })
      log.info({ socketId: socket.id, bytes }, 'a slow reader was cut')
      terminate(socket.conn)
    }
  }
  return every(lookIntervalMs, look, (error) => log.warn({ err: error }, 'cannot look at buffers'))
}
