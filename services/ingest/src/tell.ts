import { type LogEnd } from '@wag/db'
import { type IngestContext } from './context.ts'

/** Nobody waits for a hint: what it tells of is found by a slow look anyway. */
export function tell({ publisher, log }: Pick<IngestContext, 'publisher' | 'log'>, ends: LogEnd[]): void {
  for (const end of ends) {
    publisher.eventsGrew(end).catch((error: unknown) => log.debug({ err: error }, 'a hint was not published'))
  }
}
