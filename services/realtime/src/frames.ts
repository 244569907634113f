import { type Metrics } from './metrics.ts'
import { type ClientSocket } from './server.ts'

/** Cuts a client that sends more frames than it may, averaged over two seconds. */
export function limitFrames(socket: ClientSocket, framesPerS: number, metrics: Metrics): void {
  let budget = 2 * framesPerS
  let last = Date.now()
  socket.conn.on('packet', () => {
    const now = Date.now()
    budget = Math.min(2 * framesPerS, budget + ((now - last) / 1000) * framesPerS) - 1
    last = now
    if (budget >= 0) return
    metrics.cut.inc({ reason: 'frames' })
    socket.disconnect(true)
  })
}
