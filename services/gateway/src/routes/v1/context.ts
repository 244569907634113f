import { type Publisher } from '@wag/bus'
import { GatewayError, isId } from '@wag/contracts'
import { findRecord, type MessageRecord } from '@wag/db'
import { type Graph } from '@wag/graph'
import { principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Drafts } from '../../drafts.ts'
import { type SendingContext } from '../../submit.ts'

/** What the routes of `/v1/messages` work with. */
export type MessagesContext = SendingContext & {
  drafts: Drafts
  publisher: Publisher
  graph: Graph
  encryptionKey: string
  publicUrl: string
  lifetimeS: number
}

export const IdParamsSchema = Type.Object({ id: Type.String() })

/** The message in a request's path. Throws `message_not_found`, for another tenant's too. */
export async function messageOf(
  { db }: Pick<MessagesContext, 'db'>,
  request: FastifyRequest<{ Params: { id: string } }>
): Promise<MessageRecord> {
  const { id } = request.params
  const message = isId(id) ? await findRecord(db, principalOf(request).tenantId, id) : undefined
  if (message) return message
  throw new GatewayError('message_not_found', 'There is no message with this id')
}
