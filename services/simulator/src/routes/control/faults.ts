import { GatewayError } from '@wag/contracts'
import { Type } from 'typebox'
import { type ActiveFault, FaultSchema } from '../../faults.ts'
import { type ControlRoutes } from './plugin.ts'

export const faultRoutes: ControlRoutes = async (app, { simulator }) => {
  const { faults, detour } = simulator

  app.post('/faults', { schema: { body: FaultSchema } }, async (request, reply) => {
    return reply.code(201).send(show(faults.add(request.body)))
  })

  app.get('/faults', async () => ({ faults: faults.list().map(show) }))

  app.delete('/faults', async () => {
    faults.clear()
    return { released: detour.release() }
  })

  app.delete(
    '/faults/:id',
    { schema: { params: Type.Object({ id: Type.String({ pattern: '^\\d+$' }) }) } },
    async (request, reply) => {
      if (!faults.remove(Number(request.params.id)))
        throw new GatewayError('not_found', 'No such fault, or it is used up')
      return reply.code(204).send()
    }
  )
}

function show({ id, fault, left, hits }: ActiveFault) {
  return { id, ...fault, left, hits }
}
