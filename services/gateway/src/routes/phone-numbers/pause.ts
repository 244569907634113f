import { type ApiNumber, ApiNumberSchema, PauseBodySchema, type ResumeReply, ResumeReplySchema } from '@wag/contracts'
import { numbersIn, pause, resumeNumber } from '@wag/db'
import { type App } from '@wag/service'
import { pauseView } from '../../api-number.ts'
import { tell } from '../../tell.ts'
import { findNumber, type NumbersContext, ParamsSchema, ring, show } from './context.ts'

/** `POST /v1/phone-numbers/<id>/pause` and `/resume`. */
export function addNumberPauses(app: App, context: NumbersContext): void {
  const { db, publisher, queues } = context
  app.post(
    '/v1/phone-numbers/:id/pause',
    {
      config: { scope: 'admin' },
      schema: { params: ParamsSchema, body: PauseBodySchema, response: { 200: ApiNumberSchema } },
      preValidation: async (request) => {
        request.body ??= {}
      }
    },
    async (request): Promise<ApiNumber> => {
      const number = await findNumber(db, request, request.params.id)
      const { tenantId, id } = number
      const words = request.body.reason
      const error = words === undefined ? {} : { error: { message: words } }
      const ends = await pause(db, { tenantId, scope: 'number', key: id, reason: 'operator', ...error })
      tell({ publisher, log: request.log }, ends)
      request.log.info({ phoneNumberId: id }, 'a phone number was paused')
      return show(context, number)
    }
  )

  app.post(
    '/v1/phone-numbers/:id/resume',
    { config: { scope: 'admin' }, schema: { params: ParamsSchema, response: { 200: ResumeReplySchema } } },
    async (request): Promise<ResumeReply> => {
      const number = await findNumber(db, request, request.params.id)
      const { ended, ends } = await resumeNumber(db, number)
      tell({ publisher, log: request.log }, ends)
      ring(request, queues, (await Promise.all(ended.map((each) => numbersIn(db, each)))).flat())
      request.log.info(
        { phoneNumberId: number.id, pauses: ended.map(({ scope }) => scope) },
        'a phone number was resumed'
      )
      return { resumed: ended.map(pauseView), phone_number: await show(context, number) }
    }
  )
}
