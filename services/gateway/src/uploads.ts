import { GatewayError } from '@wag/contracts'
import { type Db, findMediaUpload, loadAccessToken, type MediaUpload, saveMediaUpload } from '@wag/db'
import { type Graph } from '@wag/graph'
import { type Metrics } from './metrics.ts'
import { type TempFile } from './temp-files.ts'

export type Uploads = ReturnType<typeof createUploads>

type UploadsContext = { db: Db; graph: Graph; metrics: Metrics; encryptionKey: string }

/** The number a file is for, and what its bytes were found to be. */
export type UploadRequest = {
  tenantId: string
  phoneNumberId: string
  file: TempFile
  mimeType: string
  filename: string
  /** When the id must still live, at the least. */
  until: Date
}

/** Gives files to Meta, each content once for a number and type while its id lives. */
export function createUploads(context: UploadsContext) {
  const underWay = new Map<string, Promise<MediaUpload>>()
  return {
    /** Throws `number_not_found`, `meta_refused` or `graph_unavailable`. */
    async upload(request: UploadRequest): Promise<MediaUpload> {
      const { tenantId, phoneNumberId, file, mimeType, until } = request
      const key = [tenantId, phoneNumberId, file.sha256.toString('hex'), mimeType].join(' ')
      for (let running = underWay.get(key); running; running = underWay.get(key)) {
        const upload = await running
        if (upload.expiresAt > until) return upload
      }
      // To look is part of it: who looked before somebody else's upload was kept would upload once more after it.
      const started = findOrSend(context, request).finally(() => underWay.delete(key))
      underWay.set(key, started)
      return await started
    }
  }
}

async function findOrSend(context: UploadsContext, request: UploadRequest): Promise<MediaUpload> {
  const { tenantId, phoneNumberId, file, mimeType, until } = request
  const known = await findMediaUpload(context.db, { tenantId, phoneNumberId, sha256: file.sha256, mimeType }, until)
  if (!known) return await send(context, request)
  context.metrics.uploads.inc({ outcome: 'known' })
  return known
}

async function send(
  { db, graph, metrics, encryptionKey }: UploadsContext,
  request: UploadRequest
): Promise<MediaUpload> {
  const { tenantId, phoneNumberId, file, mimeType, filename } = request
  const accessToken = await loadAccessToken(db, { tenantId, id: phoneNumberId }, encryptionKey)
  if (!accessToken) throw new GatewayError('number_not_found', 'Phone number not found')
  try {
    const { bytes, read } = file
    const mediaId = await graph.uploadMedia({ phoneNumberId, accessToken, file: { mimeType, filename, bytes, read } })
    metrics.uploads.inc({ outcome: 'uploaded' })
    return await saveMediaUpload(db, { tenantId, phoneNumberId, sha256: file.sha256, mimeType }, mediaId)
  } catch (error) {
    metrics.uploads.inc({ outcome: 'failed' })
    throw error
  }
}
