import multipart from '@fastify/multipart'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { GraphError, unknownObject } from '../graph-error.ts'
import { checkUpload } from '../media.ts'
import { type Simulator } from '../simulator.ts'
import { invalidParam } from '../validate/params.ts'
import { versioned } from './versioned.ts'

const fileBytesMax = 100 * 1024 * 1024

type Upload = { params: Map<string, string>; file: { mimeType: string; filename: string; bytes: Buffer } | undefined }

export async function mediaRoutes(app: FastifyInstance, { simulator }: { simulator: Simulator }): Promise<void> {
  const { numbers, media } = simulator
  await app.register(multipart, { limits: { fileSize: fileBytesMax, files: 1, fields: 20 } })

  app.post<{ Params: { id: string } }>(
    versioned('/:id/media'),
    { bodyLimit: fileBytesMax + 64 * 1024 },
    async (request) => {
      if (numbers.get(request.params.id) === undefined) throw unknownObject('POST', request.params.id)
      if (!request.isMultipart()) throw invalidParam('The parameter file is required.')
      const { params, file } = await readUpload(request)
      if (params.get('messaging_product') !== 'whatsapp') {
        throw invalidParam('The parameter messaging_product is required.')
      }
      if (file === undefined) throw invalidParam('The parameter file is required.')
      checkUpload(file.mimeType, file.bytes.length)
      return { id: media.add(file.mimeType, file.bytes, file.filename).id }
    }
  )

  app.get<{ Querystring: { mid?: string; ext?: string; hash?: string } }>(
    '/whatsapp_business/attachments/',
    async (request, reply) => {
      const { mid = '', ext = '', hash = '' } = request.query
      const file = media.get(mid)
      if (file === undefined || !media.isUrlGood(mid, ext, hash)) return reply.code(404).type('text/plain').send('')
      return reply.type(file.mimeType).send(file.bytes)
    }
  )
}

async function readUpload(request: Pick<FastifyRequest, 'parts'>): Promise<Upload> {
  const upload: Upload = { params: new Map(), file: undefined }
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer()
      if (part.fieldname !== 'file') throw new GraphError(100, { details: `Unexpected file "${part.fieldname}"` })
      upload.file = { mimeType: part.mimetype, filename: part.filename, bytes }
    } else upload.params.set(part.fieldname, String(part.value))
  }
  return upload
}
