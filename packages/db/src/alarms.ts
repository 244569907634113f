import { type AlarmName, alarmNames, type EventData } from '@wag/contracts'
import { sql } from 'kysely'
import { appendEvents, type LogEnd, type NewEvent } from './events.ts'
import { type Db } from './schema.ts'

/** What there is to tell of an alarm; one that is not there is quiet. */
export type Alarms = Partial<Record<AlarmName, EventData>>

/**
 * Notes which alarms a tenant has now. Each change is told of once, by one event, however many processes look at the same
 * time.
 */
export async function noteAlarms(db: Db, tenantId: string, alarms: Alarms): Promise<LogEnd[]> {
  const known = await db.selectFrom('alarms').select('name').where('tenant_id', '=', tenantId).execute()
  const raised = new Set(known.map(({ name }) => name))
  if (alarmNames.every((name) => raised.has(name) === (alarms[name] !== undefined))) return []
  return db.transaction().execute(async (trx) => {
    const events: NewEvent[] = []
    for (const name of alarmNames) {
      const data = alarms[name]
      const isChanged = data ? await raise(trx, tenantId, name) : await clear(trx, tenantId, name)
      if (!isChanged) continue
      events.push({ tenantId, type: data ? 'alarm.raised' : 'alarm.cleared', data: { ...data, alarm: name } })
    }
    return appendEvents(trx, events)
  })
}

async function raise(trx: Db, tenantId: string, name: AlarmName): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    insert into alarms (tenant_id, name) values (${tenantId}, ${name}) on conflict do nothing`.execute(trx)
  return numAffectedRows > 0n
}

async function clear(trx: Db, tenantId: string, name: AlarmName): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    delete from alarms where tenant_id = ${tenantId} and name = ${name}`.execute(trx)
  return numAffectedRows > 0n
}
