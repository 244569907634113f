import { createId } from '@wag/contracts'
import { acceptMessages } from '@wag/db'
import t from 'tap'
import { createOutcomes } from '../src/outcomes.ts'
import { openGateway, phoneNumberId, tenantId } from './open.ts'

t.test('whoever begins to wait while the gateway is being closed is told at once how things stand', async (t) => {
  const { app, db } = await openGateway(t)
  const outcomes = createOutcomes(db, app.log)
  const id = createId()
  const content = { type: 'text' as const, text: { body: 'x' } }
  await acceptMessages(db, [{ id, tenantId, phoneNumberId, recipient: '491700000001', content }])
  const early = outcomes.watch(tenantId, id).outcome(60_000)
  await outcomes.close()
  const late = outcomes.watch(tenantId, id).outcome(60_000)
  for (const message of await Promise.all([early, late])) t.equal(message?.state, 'queued')
})
