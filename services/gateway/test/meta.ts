import { startHttp, type TestContext } from '@wag/testkit'

/** An upload as it reached Meta: the form, and who sent it. */
export type ReceivedUpload = { url: string; authorization: string; type: string; mimeType: string; bytes: number }

export type MetaAnswer = { status: number; body: unknown }

/** Stands in for Meta's upload: takes every file, gives it the next id, and remembers it. */
export async function startMeta(t: TestContext, answer?: (index: number) => MetaAnswer | undefined) {
  const uploads: ReceivedUpload[] = []
  const url = await startHttp(t, (request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const headers = { 'content-type': request.headers['content-type'] ?? '' }
      const form = await new Response(Buffer.concat(chunks), { headers }).formData()
      const file = form.get('file')
      const type = form.get('type')
      uploads.push({
        url: request.url ?? '',
        authorization: request.headers.authorization ?? '',
        type: typeof type === 'string' ? type : '',
        mimeType: file instanceof File ? file.type : '',
        bytes: file instanceof File ? file.size : -1
      })
      const { status, body } = answer?.(uploads.length) ?? { status: 200, body: { id: `media-${uploads.length}` } }
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  return { url, uploads }
}
