import { type Publisher } from '@wag/bus'
import { type LogEnd } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'

/** Tells listeners that logs have grown; nobody waits for it. */
export function tell({ publisher, log }: { publisher: Publisher; log: FastifyBaseLogger }, ends: LogEnd[]): void {
  for (const end of ends) {
    publisher.eventsGrew(end).catch((error: unknown) => log.debug({ err: error }, 'a hint was not published'))
  }
}
