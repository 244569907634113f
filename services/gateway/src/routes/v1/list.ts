import {
  GatewayError,
  instantOf,
  instantRule,
  type MessagePage,
  MessagePageSchema,
  type MessageQuery,
  MessageQuerySchema,
  type MessageState,
  messageStates
} from '@wag/contracts'
import { type MessageFilter, searchMessages } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { messageView } from '../../api-message.ts'
import { decodeMessageCursor, encodeCursor, encodeMessageCursor, limitOf, linkNext } from '../../page.ts'
import { type MessagesContext } from './context.ts'

/** `GET /v1/messages`: newest first. */
export function addList(app: App, { db, publicUrl }: MessagesContext): void {
  app.get(
    '/v1/messages',
    { config: { scope: 'read' }, schema: { querystring: MessageQuerySchema, response: { 200: MessagePageSchema } } },
    async (request, reply): Promise<MessagePage> => {
      const { tenantId } = principalOf(request)
      const { limit, cursor } = request.query
      const before = cursor === undefined ? undefined : decodeMessageCursor(cursor)
      const found = await searchMessages(db, tenantId, filterOf(request.query), before, limitOf(limit))
      const messages = found.messages.map(messageView)
      if (!found.next) return { messages }
      const next = encodeMessageCursor(found.next)
      linkNext(request, reply, publicUrl, next)
      return { messages, next: encodeCursor(next) }
    }
  )
}

function filterOf(query: MessageQuery): MessageFilter {
  return {
    contactId: numberOf(query.contact),
    phoneNumberId: query.number,
    states: statesOf(query.state),
    direction: query.direction,
    errorCode: numberOf(query.error_code),
    from: timeOf(query.from, 'from'),
    until: timeOf(query.until, 'until')
  }
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits)
}

/** Several states may be named one by one or with commas between them. */
function statesOf(given: string | string[] | undefined): MessageState[] | undefined {
  if (given === undefined) return undefined
  const names = [given].flat().flatMap((names) => names.split(','))
  if (names.every(isState)) return names
  throw badQuery('state', `must be some of ${messageStates.join(', ')}`)
}

function isState(name: string): name is MessageState {
  return messageStates.some((state) => state === name)
}

function timeOf(given: string | undefined, name: string): Date | undefined {
  if (given === undefined) return undefined
  const instant = instantOf(given)
  if (instant) return instant
  throw badQuery(name, instantRule)
}

function badQuery(name: string, detail: string): GatewayError {
  return new GatewayError('bad_request', `${name} ${detail}`, { problems: [{ pointer: `/${name}`, detail }] })
}
