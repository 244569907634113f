import { EventPageSchema, type EventType, eventTypes, GatewayError, type Subscription } from '@wag/contracts'
import { type StoredEvent } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Guests } from '../guests.ts'
import { type Logs } from '../logs.ts'
import { type Metrics } from '../metrics.ts'
import { eventOf, roomsOf, roomsOfEvent } from '../rooms.ts'
import { streamEvents } from '../stream.ts'
import { type TenantLog } from '../tenant-log.ts'

const pageSizeMax = 500
/** How long a request may wait for events, in seconds. */
const waitMaxS = 60

const digits = { pattern: '^[0-9]{1,15}$' }
const QuerySchema = Type.Object(
  {
    after: Type.Optional(Type.String(digits)),
    limit: Type.Optional(Type.String(digits)),
    wait: Type.Optional(Type.String(digits)),
    types: Type.Optional(Type.String({ maxLength: 1024 })),
    number: Type.Optional(Type.String({ maxLength: 64 })),
    contact: Type.Optional(Type.String(digits)),
    message: Type.Optional(Type.String({ maxLength: 36 }))
  },
  { additionalProperties: false }
)

export type EventsContext = { logs: Logs; guests: Guests; metrics: Metrics }

/** `GET /v1/events?after=`: the log as pages, with long polling by `wait`, or as `text/event-stream`. */
export function addEvents(app: App, context: EventsContext): void {
  app.get(
    '/v1/events',
    { config: { scope: 'read' }, schema: { querystring: QuerySchema, response: { 200: EventPageSchema } } },
    async (request, reply) => {
      const { tenantId, keyId } = principalOf(request)
      const wanted = filterOf(tenantId, request.query)
      const { log, release } = await context.logs.use(tenantId)
      try {
        const after = await startOf(log, request)
        if (request.headers.accept?.includes('text/event-stream')) {
          return await streamEvents({ ...context, request, reply, log, after, isWanted: wanted })
        }
        const leave = context.guests.add({ identity: { tenantId, keyId }, cut: () => void reply.raw.destroy() })
        try {
          return await pageOf(log, after, wanted, request.query, closeSignal(reply))
        } finally {
          leave()
        }
      } finally {
        release()
      }
    }
  )
}

type Query = { after?: string; limit?: string; wait?: string; types?: string } & Record<string, string | undefined>

/** The first page with something in it, or an empty one when `wait` is over. */
async function pageOf(
  log: TenantLog,
  after: number,
  isWanted: (event: StoredEvent) => boolean,
  { limit, wait }: Query,
  closed: AbortSignal
) {
  const events: StoredEvent[] = []
  const most = Math.min(Math.max(1, Number(limit ?? pageSizeMax)), pageSizeMax)
  const waitMs = Math.min(Number(wait ?? 0), waitMaxS) * 1000
  const over = AbortSignal.any([closed, AbortSignal.timeout(waitMs)])
  let next = after
  for (;;) {
    const page = await log.read(next)
    for (const event of page) {
      if (events.length === most) break
      if (isWanted(event)) events.push(event)
      next = event.seq
    }
    const isAtEnd = next >= log.cursor()
    if (events.length === most || (isAtEnd && (events.length > 0 || waitMs === 0 || over.aborted))) break
    if (isAtEnd) await log.grown(next, over)
    else if (page.length === 0) throw truncated()
  }
  return { events: events.map(eventOf), next, newest: log.cursor() }
}

/** Where to begin: the query, or what a browser's EventSource sends when it reconnects; the end of the log by default. */
async function startOf(log: TenantLog, request: FastifyRequest<{ Querystring: Query }>): Promise<number> {
  const resumed = request.headers['last-event-id']
  const given = typeof resumed === 'string' && /^\d{1,15}$/.test(resumed) ? resumed : request.query.after
  // A node without listeners has not followed the log: look before saying where it ends.
  await log.advance()
  if (given === undefined) return log.cursor()
  const after = Number(given)
  if (!(await log.reach(after))) throw new GatewayError('bad_request', 'after lies behind the end of the log')
  if (after < (await log.oldest()) - 1) throw truncated(await log.oldest())
  return after
}

function truncated(oldest?: number): GatewayError {
  const where = oldest === undefined ? '' : `: the oldest event kept is ${oldest}`
  return new GatewayError(
    'log_truncated',
    `The log no longer reaches back to after${where}. Load the present state anew`
  )
}

function filterOf(tenantId: string, { types, number, contact, message }: Query): (event: StoredEvent) => boolean {
  const listed = types?.split(',').filter((type) => type !== '')
  if (listed && !listed.every(isEventType)) {
    throw new GatewayError('bad_request', `types must be some of ${eventTypes.join(', ')}`)
  }
  const common = listed?.every(isEventType) ? { types: listed } : {}
  const scopes: Subscription[] = [
    ...(number === undefined ? [] : [{ number, ...common }]),
    ...(contact === undefined ? [] : [{ contact: Number(contact), ...common }]),
    ...(message === undefined ? [] : [{ message, ...common }])
  ]
  const asked: Subscription[] = scopes.length > 0 ? scopes : [{ tenant: true, ...common }]
  const rooms = new Set(asked.flatMap((one) => roomsOf(tenantId, one)))
  return (event) => roomsOfEvent(event).some((room) => rooms.has(room))
}

function isEventType(type: string): type is EventType {
  return eventTypes.some((known) => known === type)
}

function closeSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // Who has gone already says nothing more.
  if (reply.raw.destroyed) controller.abort()
  reply.raw.once('close', () => controller.abort())
  return controller.signal
}
