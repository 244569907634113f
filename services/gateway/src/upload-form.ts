import { type Multipart, type MultipartFile } from '@fastify/multipart'
import { GatewayError } from '@wag/contracts'
import { mediaBytesMax } from '@wag/graph'
import { type FastifyRequest } from 'fastify'
import { type TempFile, type TempFiles } from './temp-files.ts'

/** What came in a form: the file, and the fields beside it. */
export type UploadForm = {
  file: TempFile
  /** What its part says: the type it declares, the name it had. */
  declared: string
  filename: string
  fields: Map<FieldName, string>
}

const fieldNames = ['type', 'filename', 'from'] as const
type FieldName = (typeof fieldNames)[number]

const limits = { files: 2, fields: 10, parts: 12, fieldNameSize: 100, fieldSize: 1_024, headerPairs: 20 }

/** The rest of a form around the largest file. */
const formBytes = 64 * 1024

/** Reads a form whose file goes to the disk as it comes. The caller closes the file. */
export async function readUploadForm(request: FastifyRequest, tempFiles: TempFiles): Promise<UploadForm> {
  if (Number(request.headers['content-length']) > mediaBytesMax + formBytes) throw tooLarge()
  const fields = new Map<FieldName, string>()
  let part: MultipartFile | undefined
  let file: TempFile | undefined
  try {
    for await (const each of partsOf(request)) {
      if (each.type === 'field') {
        if (each.fieldname === 'file') throw problem('file', 'must be a file: give its part a filename')
        const name = fieldNames.find((known) => known === each.fieldname)
        if (name === undefined) throw problem(each.fieldname, 'is not known: file, type, filename and from are')
        if (fields.has(name)) throw problem(name, 'must be given once')
        if (each.valueTruncated === true) throw problem(name, `must not be longer than ${limits.fieldSize} bytes`)
        fields.set(name, String(each.value))
        continue
      }
      if (each.fieldname !== 'file') throw problem(each.fieldname, 'is not known: the file goes under the name file')
      if (file) throw problem('file', 'must be one file')
      part = each
      file = await tempFiles.write(capped(each.file))
    }
    if (!part || !file) throw problem('file', 'is required: a part with a filename')
    return { file, declared: part.mimetype, filename: part.filename, fields }
  } catch (error) {
    await file?.close()
    throw error
  }
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts({ limits: { ...limits, fileSize: Number.POSITIVE_INFINITY } })
  } catch (error) {
    throw unreadable(error)
  }
}

async function* capped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > mediaBytesMax) throw tooLarge()
      yield chunk
    }
  } catch (error) {
    throw unreadable(error)
  }
}

/** The parser's own errors are plain: a boundary that is missing, a form that ends too early. */
function unreadable(error: unknown): unknown {
  if (error instanceof GatewayError || (error instanceof Error && 'statusCode' in error)) return error
  return new GatewayError('bad_request', 'The body must be a whole form, multipart/form-data with its boundary', {
    cause: error
  })
}

/** A form that breaks a rule: where, and which. */
export function problem(field: string, detail: string): GatewayError {
  const name = field.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)
  return new GatewayError('invalid_media', `${name} ${detail}`, { problems: [{ pointer: `/${name}`, detail }] })
}

export function tooLarge(detail = `must not have more than ${mediaBytesMax} bytes`): GatewayError {
  return new GatewayError('payload_too_large', `file ${detail}`, { problems: [{ pointer: '/file', detail }] })
}
