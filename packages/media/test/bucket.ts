import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

type Upload = { key: string; parts: Map<number, Buffer>; begun: Date }
type Scope = { teardown(fn: () => unknown): unknown }

const etagOf = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`

/** As much of S3 as a media store needs, in memory; keeps no bytes but their hash where `isForgetful`. */
export async function startBucket(t: Scope, isForgetful = false) {
  const objects = new Map<string, Buffer>()
  const uploads = new Map<string, Upload>()
  const requests: string[] = []
  /** Answers the next requests with this status. */
  const failures: number[] = []
  let partBytesMax = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '', 'http://bucket')
    const key = decodeURIComponent(url.pathname.replace(/^\/media\/?/, ''))
    const { method = '' } = request
    requests.push(`${method} ${key.replace(/[0-9a-f-]{36,}/g, '…')}${url.search.replace(/=[^&]*/g, '')}`)
    const body = await buffer(request)
    const failure = failures.shift()
    if (failure !== undefined) return response.writeHead(failure).end()
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=access/'))
      return refuse(response, 403, 'AccessDenied')
    if (/aws-chunked/.test(request.headers['content-encoding'] ?? '')) return refuse(response, 501, 'NotImplemented')
    if (url.searchParams.has('uploads') || url.searchParams.has('uploadId'))
      return answerUpload(method, key, url, body, response)
    if (method === 'PUT') return put(key, request, body, response)
    if (method === 'DELETE') {
      objects.delete(key)
      return response.writeHead(204).end()
    }
    if (url.searchParams.has('list-type')) return list(url, response)
    return get(key, request, response)
  }

  function put(key: string, request: IncomingMessage, body: Buffer, response: ServerResponse): unknown {
    const source = request.headers['x-amz-copy-source']
    const bytes = typeof source === 'string' ? objects.get(decodeURIComponent(source).replace(/^\/?media\//, '')) : body
    if (!bytes) return refuse(response, 404, 'NoSuchKey')
    objects.set(key, isForgetful ? createHash('sha256').update(bytes).digest() : bytes)
    return response
      .writeHead(200, { etag: etagOf(bytes) })
      .end(source === undefined ? '' : `<CopyObjectResult><ETag>${etagOf(bytes)}</ETag></CopyObjectResult>`)
  }

  function get(key: string, request: IncomingMessage, response: ServerResponse): unknown {
    const bytes = objects.get(key)
    if (!bytes) return refuse(response, 404, 'NoSuchKey')
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1)
    return response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.length }).end(part)
  }

  function list(url: URL, response: ServerResponse): unknown {
    const keys = [...objects.keys()].filter((key) => key.startsWith(url.searchParams.get('prefix') ?? ''))
    const entries = keys.map(
      (key) => `<Contents><Key>${key}</Key><LastModified>2020-01-01T00:00:00Z</LastModified></Contents>`
    )
    return response.end(`<ListBucketResult>${entries.join('')}</ListBucketResult>`)
  }

  function answerUpload(method: string, key: string, url: URL, body: Buffer, response: ServerResponse): unknown {
    const id = url.searchParams.get('uploadId') ?? ''
    if (method === 'GET') {
      const entries = [...uploads].map(
        ([uploadId, { key: of, begun }]) =>
          `<Upload><Key>${of}</Key><UploadId>${uploadId}</UploadId><Initiated>${begun.toISOString()}</Initiated></Upload>`
      )
      return response.end(`<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>`)
    }
    if (method === 'POST' && url.searchParams.has('uploads')) {
      const uploadId = randomUUID()
      uploads.set(uploadId, { key, parts: new Map(), begun: new Date() })
      return response.end(
        `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`
      )
    }
    const upload = uploads.get(id)
    if (!upload) return refuse(response, 404, 'NoSuchUpload')
    if (method === 'DELETE') return response.writeHead(uploads.delete(id) ? 204 : 404).end()
    if (method === 'PUT') {
      partBytesMax = Math.max(partBytesMax, body.length)
      upload.parts.set(Number(url.searchParams.get('partNumber')), isForgetful ? Buffer.alloc(0) : body)
      return response.writeHead(200, { etag: etagOf(body) }).end()
    }
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number))
    objects.set(key, Buffer.concat(numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0))))
    uploads.delete(id)
    return response.end('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>')
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = {
    MEDIA_DIR: '',
    MEDIA_S3_BUCKET: 'media',
    MEDIA_S3_ENDPOINT: url,
    MEDIA_S3_REGION: 'us-east-1',
    MEDIA_S3_ACCESS_KEY_ID: 'access',
    MEDIA_S3_SECRET_ACCESS_KEY: 'secret'
  }
  return { url, config, objects, uploads, requests, failures, partBytesMax: () => partBytesMax }
}

function refuse(response: ServerResponse, status: number, code: string): unknown {
  return response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`)
}
