import { type Publisher, type Queues } from '@wag/bus'
import { type ApiNumber, GatewayError } from '@wag/contracts'
import { type Db, listNumbers, type NumberRecord } from '@wag/db'
import { principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type NumberSources, numberViews } from '../../api-number.ts'
import { type Numbers } from '../../numbers.ts'

export type NumbersContext = NumberSources & {
  publisher: Publisher
  queues: Queues
  numbers: Numbers
  encryptionKey: string
  publicUrl: string
}

/** How far the counts of one number alone go. */
const countOneMax = 10_000

/** Of a number that should be there: what cannot be an id of Meta's is not found. */
export const ParamsSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const idShape = /^[0-9]{1,32}$/

/** One of the tenant's numbers. */
export async function findNumber(db: Db, request: FastifyRequest, id: string): Promise<NumberRecord> {
  const [number] = idShape.test(id) ? await listNumbers(db, principalOf(request).tenantId, { id }) : []
  if (!number) throw numberNotFound()
  return number
}

/** A number as callers see it. */
export async function show(sources: NumberSources, number: NumberRecord): Promise<ApiNumber> {
  const [view] = await numberViews(sources, [number], countOneMax)
  if (!view) throw numberNotFound()
  return view
}

/** What waits at these numbers may be sent now; nobody waits for the bell. */
export function ring(request: FastifyRequest, queues: Queues, numbers: string[]): void {
  if (numbers.length === 0) return
  queues.ringSend(numbers).catch((error: unknown) => {
    request.log.warn({ err: error }, 'a bell was not taken; the sweeper will look')
  })
}

export function numberNotFound(): GatewayError {
  return new GatewayError('number_not_found', 'There is no phone number with this id')
}
