import { defaultTenantId } from '@wag/contracts'
import { checkLedger, type Db, quarantineBodies, storeWebhooks } from '@wag/db'
import { every, type Loop } from '@wag/service'
import { chunksOf } from '../chunks.ts'
import { type RingContext, ring, weighed } from '../ring.ts'
import { damagedWebhook, decodeSegment } from './record.ts'
import { type Segment, type Spool } from './spool.ts'

/** How often the ledger is tried while it is away, and the spool while it is not empty, in milliseconds. */
const tryIntervalMs = 500

const damaged = 'bytes of the spool changed on disk: this is what is left of one or more webhooks'

export type ReplayContext = RingContext & { db: Db; spool: Spool; isAway: () => boolean; onBack: () => void }

/** Takes what the spool holds into the ledger, in its order, as soon as the ledger is there; also what an earlier process left. */
export function startReplay(context: ReplayContext): Loop {
  const { db, spool, log } = context
  let isUnwell = false
  return every(
    tryIntervalMs,
    async () => {
      if (!context.isAway() && (await spool.measure()).segments === 0) return
      await checkLedger(db)
      context.onBack()
      for (let segment = await spool.take(); segment; segment = await spool.take()) await replay(context, segment)
      isUnwell = false
    },
    (error) => {
      if (!isUnwell) log.warn({ err: error }, 'the spool cannot be emptied yet')
      isUnwell = true
    }
  )
}

async function replay(context: ReplayContext, segment: Segment): Promise<void> {
  const { db, spool, metrics, log } = context
  const decoded = decodeSegment(await spool.read(segment))
  for (const webhooks of chunksOf(decoded.webhooks, ({ body }) => body.length)) {
    await storeWebhooks(db, webhooks)
    metrics.replayed.inc(webhooks.length)
    ring(context, webhooks.map(weighed))
  }
  const pieces = decoded.damaged.map(({ at, bytes }) => damagedWebhook(segment.id, at, bytes, defaultTenantId))
  if (pieces.length > 0) {
    log.error({ pieces: pieces.length }, 'the spool was damaged; what is left of it was quarantined')
    metrics.damaged.inc(pieces.length)
    for (const piece of pieces) await quarantineBodies(db, [piece], damaged)
  }
  // A crash before this line reads the segment again, and stores nothing twice.
  await spool.drop(segment)
}
