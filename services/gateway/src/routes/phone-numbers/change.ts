import {
  type ApiNumber,
  ApiNumberSchema,
  NumberBodySchema,
  type NumberChangeBody,
  NumberChangeSchema,
  NumberParamsSchema
} from '@wag/contracts'
import { saveNumber } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { tell } from '../../tell.ts'
import { findNumber, type NumbersContext, numberNotFound, ParamsSchema, ring, show } from './context.ts'

/** `PUT` and `PATCH /v1/phone-numbers/<id>`: adds a number, changes one. */
export function addNumberChanges(app: App, context: NumbersContext): void {
  const { db, publisher, queues, numbers, encryptionKey } = context
  async function save(request: FastifyRequest, id: string, body: NumberChangeBody): Promise<{ isNew: boolean }> {
    const { access_token: accessToken, waba_id: wabaId, rate, default: isDefault } = body
    const change = {
      ...(accessToken !== undefined && { accessToken }),
      ...(wabaId !== undefined && { wabaId }),
      ...(rate !== undefined && { rate }),
      ...(isDefault && { isDefault })
    }
    const saved = await saveNumber(db, { tenantId: principalOf(request).tenantId, id }, change, encryptionKey)
    if (!saved) throw numberNotFound()
    numbers.forget()
    if (accessToken !== undefined) ring(request, queues, [id])
    request.log.info({ phoneNumberId: id, fields: Object.keys(body), isNew: saved.isNew }, 'a phone number was saved')
    tell({ publisher, log: request.log }, saved.ends)
    return saved
  }

  app.put(
    '/v1/phone-numbers/:id',
    {
      config: { scope: 'admin' },
      schema: { params: NumberParamsSchema, body: NumberBodySchema, response: { '2xx': ApiNumberSchema } }
    },
    async (request, reply): Promise<ApiNumber> => {
      const { id } = request.params
      const { isNew } = await save(request, id, request.body)
      void reply.code(isNew ? 201 : 200)
      return show(context, await findNumber(db, request, id))
    }
  )

  app.patch(
    '/v1/phone-numbers/:id',
    {
      config: { scope: 'admin' },
      schema: { params: ParamsSchema, body: NumberChangeSchema, response: { 200: ApiNumberSchema } }
    },
    async (request): Promise<ApiNumber> => {
      const { id } = await findNumber(db, request, request.params.id)
      await save(request, id, request.body)
      return show(context, await findNumber(db, request, id))
    }
  )
}
