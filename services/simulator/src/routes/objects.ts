import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { unknownObject } from '../graph-error.ts'
import { type BusinessNumber } from '../numbers.ts'
import { type Simulator } from '../simulator.ts'
import { invalidParam } from '../validate/params.ts'
import { versioned } from './versioned.ts'

type ById = { Params: { id: string }; Querystring: { fields?: string; phone_number_id?: string } }

/** GET and DELETE of one object by its id: a medium or a number of the business. */
export async function objectRoutes(app: FastifyInstance, { simulator }: { simulator: Simulator }): Promise<void> {
  const { numbers, media } = simulator

  app.get<ById>(versioned('/:id'), async (request) => {
    const { id } = request.params
    const number = numbers.get(id)
    if (number !== undefined) return describeNumber(number, request.query.fields)
    if (!isVisible(request)) throw unknownObject('GET', id)
    const file = media.get(id)
    if (file === undefined) throw unknownObject('GET', id)
    return {
      messaging_product: 'whatsapp',
      url: media.url(`${request.protocol}://${request.host}`, id),
      mime_type: file.mimeType,
      sha256: file.sha256.toString('hex'),
      file_size: file.bytes.length,
      id
    }
  })

  app.delete<ById>(versioned('/:id'), async (request) => {
    if (!isVisible(request) || !media.remove(request.params.id)) throw unknownObject('DELETE', request.params.id)
    return { success: true }
  })

  // With `phone_number_id`, Meta only shows media to that number.
  function isVisible(request: FastifyRequest<ById>): boolean {
    const { phone_number_id: numberId } = request.query
    return numberId === undefined || numbers.get(numberId) !== undefined
  }
}

function describeNumber(number: BusinessNumber, fields: string | undefined): Record<string, unknown> {
  const all = new Map<string, unknown>([
    ['verified_name', number.verified_name],
    ['code_verification_status', 'VERIFIED'],
    ['display_phone_number', displayOf(number.display_phone_number)],
    ['quality_rating', number.quality_rating],
    ['platform_type', 'CLOUD_API'],
    ['throughput', { level: number.throughput }],
    ['id', number.id],
    ['status', 'CONNECTED'],
    ['name_status', 'APPROVED']
  ])
  const shown = fields?.split(',') ?? [...all.keys()].slice(0, 7)
  const unknown = shown.find((field) => !all.has(field))
  if (unknown !== undefined) throw invalidParam(`Tried accessing nonexisting field (${unknown})`)
  return Object.fromEntries([...new Set([...shown, 'id'])].map((field) => [field, all.get(field)]))
}

// Graph shows numbers for people to read; webhooks carry the same number in bare digits.
function displayOf(digits: string): string {
  const [, country, area, exchange, line] = /^(1)(\d{3})(\d{3})(\d{4})$/.exec(digits) ?? []
  return country === undefined ? `+${digits}` : `+${country} ${area}-${exchange}-${line}`
}
