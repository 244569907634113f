import { once } from 'node:events'
import { type StoredEvent } from '@wag/db'
import { principalOf } from '@wag/service'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Guests } from './guests.ts'
import { type Metrics } from './metrics.ts'
import { eventOf } from './rooms.ts'
import { type TenantLog } from './tenant-log.ts'

export type StreamOptions = {
  request: FastifyRequest
  reply: FastifyReply
  log: TenantLog
  after: number
  isWanted: (event: StoredEvent) => boolean
  guests: Guests
  metrics: Metrics
}

/** How often a silent stream says that it is alive, in milliseconds; proxies cut at about a minute. */
const keepAliveMs = 15_000
/** A reader that takes nothing for this long is cut, in milliseconds. */
const stuckMs = 30_000

/**
 * Streams events as Server-Sent Events until the client goes or its key is revoked. Pulled by the reader: nothing is read
 * from the log before the reader has taken what was written.
 */
export async function streamEvents(options: StreamOptions): Promise<FastifyReply> {
  const { request, reply, log, isWanted, guests, metrics } = options
  const { tenantId, keyId } = principalOf(request)
  const gone = new AbortController()
  reply.hijack()
  const { raw } = reply
  // Who has gone already says nothing more.
  if (raw.destroyed) gone.abort()
  raw.once('close', () => gone.abort())
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  // An id alone tells a browser where to go on from, also when no event was for it yet.
  raw.write(`id: ${options.after}\n\n`)
  const leave = guests.add({ identity: { tenantId, keyId }, cut: () => raw.destroy() })
  metrics.streams.inc()
  try {
    let position = options.after
    while (!gone.signal.aborted) {
      const page = await log.read(position)
      for (const event of page) if (isWanted(event)) raw.write(frameOf(event))
      position = page.at(-1)?.seq ?? position
      if (raw.writableNeedDrain)
        await once(raw, 'drain', { signal: AbortSignal.any([gone.signal, AbortSignal.timeout(stuckMs)]) })
      if (page.length > 0) continue
      if (position < log.cursor()) return reply
      await log.grown(position, AbortSignal.any([gone.signal, AbortSignal.timeout(keepAliveMs)]))
      if (position >= log.cursor()) raw.write(`id: ${position}\n\n`)
    }
  } catch (error) {
    if (!gone.signal.aborted) request.log.info({ err: error }, 'a stream was cut')
  } finally {
    metrics.streams.dec()
    leave()
    raw.destroy()
  }
  return reply
}

function frameOf(event: StoredEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(eventOf(event))}\n\n`
}
