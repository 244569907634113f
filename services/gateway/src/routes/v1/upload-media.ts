import { type IncomingMessage } from 'node:http'
import multipart from '@fastify/multipart'
import { filenameLengthMax } from '@wag/contracts'
import { judgeMedia, mimeTypesOf, sniffMedia, tidyMimeType } from '@wag/graph'
import { type App, principalOf } from '@wag/service'
import { type FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { type Gate } from '../../gate.ts'
import { type Numbers } from '../../numbers.ts'
import { type TempFiles } from '../../temp-files.ts'
import { problem, readUploadForm, tooLarge, type UploadForm } from '../../upload-form.ts'
import { type Uploads } from '../../uploads.ts'

type Sinks = { numbers: Numbers; uploads: Uploads; tempFiles: TempFiles }

const UploadedMediaSchema = Type.Object({
  id: Type.String(),
  mime_type: Type.String(),
  sha256: Type.String(),
  bytes: Type.Integer(),
  expires_at: Type.String(),
  from: Type.String()
})

type UploadedMedia = Static<typeof UploadedMediaSchema>

const lingerMs = 2_000
/** The largest file over a line of 1.4 Mbit/s. */
const bodyTimeoutMs = 600_000

/** `POST /v1/media`: gives Meta a file and answers the id to send it by. */
export async function addUploadMedia(app: App, { gate, ...sinks }: Sinks & { gate: Gate }): Promise<void> {
  // Only forms: anything else is 415, and nothing is read into memory.
  app.removeAllContentTypeParsers()
  await app.register(multipart)
  app.post(
    '/v1/media',
    { config: { scope: 'send', bodyTimeoutMs }, schema: { response: { 201: UploadedMediaSchema } } },
    async (request, reply) => {
      const { tenantId } = principalOf(request)
      try {
        if (!request.isMultipart()) throw problem('file', 'is required: send multipart/form-data')
        // Only so many at once are read at all, so that the disk is bounded too.
        const answer = await gate.run(() => takeForm(request, tenantId, sinks))
        void reply.code(201)
        return answer
      } catch (error) {
        letGo(request.raw)
        throw error
      }
    }
  )
}

async function takeForm(
  request: FastifyRequest,
  tenantId: string,
  { numbers, uploads, tempFiles }: Sinks
): Promise<UploadedMedia> {
  const form = await readUploadForm(request, tempFiles)
  try {
    const { file } = form
    const mimeType = await mimeTypeOf(form)
    const phoneNumberId = await numbers.find(tenantId, form.fields.get('from'))
    const filename = filenameOf(form)
    const upload = await uploads.upload({ tenantId, phoneNumberId, file, mimeType, filename, until: new Date() })
    return {
      id: upload.mediaId,
      mime_type: mimeType,
      sha256: file.sha256.toString('hex'),
      bytes: file.bytes,
      expires_at: upload.expiresAt.toISOString(),
      from: phoneNumberId
    }
  } finally {
    await form.file.close()
  }
}

/**
 * Whoever is refused in the middle of a file can still hear why: what it goes on sending is read and thrown away for a
 * moment. A connection that is closed at once takes the answer with it.
 */
function letGo(request: IncomingMessage): void {
  if (request.readableEnded) return
  const timer = setTimeout(() => request.destroy(), lingerMs)
  request.once('close', () => clearTimeout(timer))
  request.once('end', () => clearTimeout(timer))
  request.on('error', ignore)
  request.resume()
}

function ignore(): void {}

async function mimeTypeOf({ file, fields, declared }: UploadForm): Promise<string> {
  const type = fields.get('type')
  if (type !== undefined && !mimeTypesOf().includes(tidyMimeType(type) ?? '')) {
    throw problem('type', `must be one of ${mimeTypesOf().join(', ')}`)
  }
  const sniffed = await sniffMedia(file.handle, file.bytes)
  const judgement = judgeMedia(sniffed, { bytes: file.bytes, declared: type ?? declared, mustAgree: true })
  if (!('rule' in judgement)) return judgement.mimeType
  throw judgement.isTooLarge ? tooLarge(judgement.rule) : problem('file', judgement.rule)
}

function filenameOf({ fields, filename }: UploadForm): string {
  const name = fields.get('filename') ?? filename
  if (name.length > filenameLengthMax)
    throw problem('filename', `must not be longer than ${filenameLengthMax} characters`)
  return name || 'file'
}
