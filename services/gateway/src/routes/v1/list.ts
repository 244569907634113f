import {
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
import { decodeMessageCursor, encodeMessageCursor, limitOf, nextOf } from '../../page.ts'
import { badQuery, timeOf } from '../../query.ts'
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
      const last = found.next && encodeMessageCursor(found.next)
      return { messages, ...nextOf(request, reply, publicUrl, last) }
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
    from: timeOf('from', query.from),
    until: timeOf('until', query.until)
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
