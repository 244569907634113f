import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { bufferedBytes, terminate } from './connection.ts'
import { type Metrics } from './metrics.ts'
import { type SocketServer } from './server.ts'

/** How often the buffers of all sockets are looked at, in milliseconds. */
const lookIntervalMs = 250
/** Events after which they are looked at in any case. */
const eventsPerLook = 50

/** Cuts readers that fall behind: what waits for them is memory of ours. They come back and go on by `seq`. */
export function watchSlowReaders(io: SocketServer, bytesMax: number, metrics: Metrics, log: FastifyBaseLogger) {
  let emitted = 0
  const look = (): void => {
    metrics.rooms.set(io.sockets.adapter.rooms.size - io.sockets.adapter.sids.size)
    for (const socket of io.sockets.sockets.values()) {
      const bytes = bufferedBytes(socket.conn)
      if (bytes <= bytesMax || socket.rooms.size === 0) continue
      metrics.cut.inc({ reason: 'slow' })
      log.info({ socketId: socket.id, bytes }, 'a slow reader was cut')
      // Out of its rooms at once: the rest of a burst is not for it any more.
      for (const room of socket.rooms) void socket.leave(room)
      terminate(socket.conn)
    }
  }
  const onError = (error: unknown): void => log.warn({ err: error }, 'cannot look at buffers')
  const loop = every(lookIntervalMs, async () => look(), onError)
  return {
    /** An event was handed to the rooms: a burst must not pile up until the next look. */
    emitted(): void {
      emitted++
      if (emitted % eventsPerLook === 0) look()
    },
    stop: () => loop.stop()
  }
}
