import { createId } from '@wag/contracts'
import t from 'tap'
import { createOutcomes } from '../src/outcomes.ts'
import { acceptText, openGateway, tenantId } from './open.ts'

t.test('whoever begins to wait while the gateway is being closed is told at once how things stand', async (t) => {
  const { app, db } = await openGateway(t)
  const outcomes = createOutcomes(db, app.log)
  const id = createId()
  await acceptText(db, '491700000001', id)
  const early = outcomes.watch(tenantId, id, 'ended').outcome(60_000)
  await outcomes.close()
  const late = outcomes.watch(tenantId, id, 'ended').outcome(60_000)
  for (const message of await Promise.all([early, late])) t.equal(message?.state, 'queued')
})
