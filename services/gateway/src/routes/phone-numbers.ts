import { type Publisher, type Queues } from '@wag/bus'
import {
  type ApiNumber,
  ApiNumberSchema,
  GatewayError,
  NumberBodySchema,
  type NumberChangeBody,
  NumberChangeSchema,
  type NumberPage,
  NumberPageSchema,
  NumberParamsSchema,
  PauseBodySchema,
  type ResumeReply,
  ResumeReplySchema
} from '@wag/contracts'
import {
  type Db,
  type LogEnd,
  listNumbers,
  type NumberRecord,
  numbersIn,
  pause,
  resumeNumber,
  saveNumber
} from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { numberViews, pauseView } from '../api-number.ts'
import { type Numbers } from '../numbers.ts'
import { badCursor, cutPage, decodeCursor, limitOf, nextOf, PageQuerySchema } from '../page.ts'

export type NumbersContext = {
  db: Db
  publisher: Publisher
  queues: Queues
  numbers: Numbers
  encryptionKey: string
  publicUrl: string
}

/** Numbers on a page, and how far each of their counts goes; one number alone is counted further. */
const pageMax = 100
const countMax = 1_000
const countOneMax = 10_000

/** Of a number that should be there: what cannot be an id of Meta's is not found. */
const ParamsSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
const idShape = /^[0-9]{1,32}$/

/** `/v1/phone-numbers`: what stops a number and what waits; add, change, pause and resume one. */
export function addPhoneNumbers(app: App, context: NumbersContext): void {
  addReads(app, context)
  addChanges(app, context)
  addPauses(app, context)
}

function addReads(app: App, { db, publicUrl }: NumbersContext): void {
  app.get(
    '/v1/phone-numbers',
    { config: { scope: 'read' }, schema: { querystring: PageQuerySchema, response: { 200: NumberPageSchema } } },
    async (request, reply): Promise<NumberPage> => {
      const limit = Math.min(limitOf(request.query.limit), pageMax)
      const after = request.query.cursor === undefined ? '' : idOf(request.query.cursor)
      const found = await listNumbers(db, principalOf(request).tenantId, { after, limit: limit + 1 })
      const { page, last } = cutPage(found, limit)
      return { phone_numbers: await numberViews(db, page, countMax), ...nextOf(request, reply, publicUrl, last) }
    }
  )

  app.get(
    '/v1/phone-numbers/:id',
    { config: { scope: 'read' }, schema: { params: ParamsSchema, response: { 200: ApiNumberSchema } } },
    async (request) => show(db, await find(db, request, request.params.id))
  )
}

function addChanges(app: App, { db, publisher, queues, numbers, encryptionKey }: NumbersContext): void {
  async function save(request: FastifyRequest, id: string, body: NumberChangeBody): Promise<{ isNew: boolean }> {
    const { access_token: accessToken, waba_id: wabaId, rate, default: isDefault } = body
    const change = {
      ...(accessToken !== undefined && { accessToken }),
      ...(wabaId !== undefined && { wabaId }),
      ...(rate !== undefined && { rate }),
      ...(isDefault && { isDefault })
    }
    const saved = await saveNumber(db, { tenantId: principalOf(request).tenantId, id }, change, encryptionKey)
    if (!saved) throw notFound()
    numbers.forget()
    if (accessToken !== undefined) ring(request, queues, [id])
    request.log.info({ phoneNumberId: id, fields: Object.keys(body), isNew: saved.isNew }, 'a phone number was saved')
    tell(request, publisher, saved.ends)
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
      return show(db, await find(db, request, id))
    }
  )

  app.patch(
    '/v1/phone-numbers/:id',
    {
      config: { scope: 'admin' },
      schema: { params: ParamsSchema, body: NumberChangeSchema, response: { 200: ApiNumberSchema } }
    },
    async (request): Promise<ApiNumber> => {
      const { id } = await find(db, request, request.params.id)
      await save(request, id, request.body)
      return show(db, await find(db, request, id))
    }
  )
}

function addPauses(app: App, { db, publisher, queues }: NumbersContext): void {
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
      const number = await find(db, request, request.params.id)
      const { tenantId, id } = number
      const words = request.body.reason
      const error = words === undefined ? {} : { error: { message: words } }
      tell(request, publisher, await pause(db, { tenantId, scope: 'number', key: id, reason: 'operator', ...error }))
      request.log.info({ phoneNumberId: id }, 'a phone number was paused')
      return show(db, number)
    }
  )

  app.post(
    '/v1/phone-numbers/:id/resume',
    { config: { scope: 'admin' }, schema: { params: ParamsSchema, response: { 200: ResumeReplySchema } } },
    async (request): Promise<ResumeReply> => {
      const number = await find(db, request, request.params.id)
      const { ended, ends } = await resumeNumber(db, number)
      tell(request, publisher, ends)
      ring(request, queues, (await Promise.all(ended.map((each) => numbersIn(db, each)))).flat())
      request.log.info(
        { phoneNumberId: number.id, pauses: ended.map(({ scope }) => scope) },
        'a phone number was resumed'
      )
      return { resumed: ended.map(pauseView), phone_number: await show(db, number) }
    }
  )
}

async function find(db: Db, request: FastifyRequest, id: string): Promise<NumberRecord> {
  const [number] = idShape.test(id) ? await listNumbers(db, principalOf(request).tenantId, { id }) : []
  if (!number) throw notFound()
  return number
}

async function show(db: Db, number: NumberRecord): Promise<ApiNumber> {
  const [view] = await numberViews(db, [number], countOneMax)
  if (!view) throw notFound()
  return view
}

/** Tells listeners that the log has grown; nobody waits for it. */
function tell(request: FastifyRequest, publisher: Publisher, ends: LogEnd[]): void {
  for (const end of ends) {
    publisher.eventsGrew(end).catch((error: unknown) => request.log.debug({ err: error }, 'a hint was not published'))
  }
}

/** What waits at these numbers may be sent now; nobody waits for the bell. */
function ring(request: FastifyRequest, queues: Queues, numbers: string[]): void {
  if (numbers.length === 0) return
  queues.ringSend(numbers).catch((error: unknown) => {
    request.log.warn({ err: error }, 'a bell was not taken; the sweeper will look')
  })
}

function idOf(cursor: string): string {
  const id = decodeCursor(cursor)
  if (!idShape.test(id)) throw badCursor()
  return id
}

function notFound(): GatewayError {
  return new GatewayError('number_not_found', 'There is no phone number with this id')
}
