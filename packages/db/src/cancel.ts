import { sql } from 'kysely'
import { appendEvents, type LogEnd } from './events.ts'
import { type Db } from './schema.ts'
import { headColumns, type MessageHead } from './state.ts'
import { applySteps } from './steps.ts'

/**
 * Cancels a message of a tenant's that nobody has claimed, with its event. Returns where the log ends now; undefined where
 * there was nothing to cancel. A claim locks the same row under the same conditions, so only one of the two can win.
 */
export async function cancelMessage(db: Db, tenantId: string, id: string): Promise<LogEnd[] | undefined> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<MessageHead>`
      select ${headColumns} from messages m
      where m.tenant_id = ${tenantId} and m.id = ${id} and m.direction = 'out'
        and m.state in ('scheduled', 'queued') and m.claim is null
      for update`.execute(trx)
    if (rows.length === 0) return undefined
    const events = await applySteps(
      trx,
      rows.map((message) => ({ message, steps: [{ state: 'cancelled' as const }] }))
    )
    return appendEvents(trx, events)
  })
}
