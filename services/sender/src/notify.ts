import { type Publisher } from '@wag/bus'
import { type Recorded } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'

/** Tells listeners that the ledger has grown. Nobody waits for it: a hint that is lost is repaired by a slow look. */
export function notify(
  { publisher, log }: { publisher: Publisher; log: FastifyBaseLogger },
  { ends, settledIds }: Recorded
): void {
  const hints = [
    ...ends.map((end) => publisher.eventsGrew(end)),
    ...(settledIds.length > 0 ? [publisher.sendsEnded({ messageIds: settledIds })] : [])
  ]
  for (const hint of hints) hint.catch((error: unknown) => log.debug({ err: error }, 'a hint was not published'))
}
