import { GatewayError } from '@wag/contracts'
import { Type } from 'typebox'
import { PhoneMessageSchema } from '../../phones.ts'
import { type ControlRoutes } from './plugin.ts'

const LimitSchema = Type.Object({ limit: Type.Optional(Type.String({ pattern: '^\\d{1,5}$' })) })

export const controlMessageRoutes: ControlRoutes = async (app, { simulator }) => {
  const { numbers, phones, store, requests } = simulator

  app.post('/messages', { schema: { body: PhoneMessageSchema } }, async (request) => {
    const id = request.body.phone_number_id ?? numbers.first.id
    const number = numbers.get(id)
    if (number === undefined) throw new GatewayError('not_found', `The business has no number ${id}`)
    const wamids = phones.write(number, request.body, `${request.protocol}://${request.host}`)
    return { wamid: wamids[0], wamids }
  })

  app.get('/messages', { schema: { querystring: LimitSchema } }, async (request) => {
    return { ...store.summary(), messages: store.newest(Number(request.query.limit ?? 100)) }
  })

  app.get('/messages/*', { schema: { params: Type.Object({ '*': Type.String() }) } }, async (request) => {
    // NOTE: a wildcard, because the base64 in a wamid may hold a slash.
    const message = store.get(request.params['*'])
    if (message === undefined) throw new GatewayError('not_found', 'No such message, or it is no longer kept')
    return message
  })

  app.get('/requests', { schema: { querystring: LimitSchema } }, async (request) => {
    return { requests: requests.newest(Number(request.query.limit ?? 100)) }
  })
}
