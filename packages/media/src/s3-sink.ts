import { randomUUID } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand
} from '@aws-sdk/client-s3'
import { type BytesKey, incoming, type MediaSink, pathOf } from './store.ts'
import { storing } from './unavailable.ts'

/** The least that S3 takes as a part; one part of each download is in memory. */
const partBytes = 5 * 1024 * 1024

type Upload = { Key: string; UploadId: string; parts: CompletedPart[] }

/**
 * Collects a part at a time. A file of one part is put at once when it is whole; a larger one becomes a multipart upload,
 * which shows nothing before it is completed.
 */
export function createS3Sink(client: S3Client, Bucket: string, expected: BytesKey | undefined): MediaSink {
  // One for all parts: each is on the other side before the next begins.
  const part = Buffer.allocUnsafe(partBytes)
  let collected = 0
  let upload: Upload | undefined

  function takePart(): Buffer {
    const taken = part.subarray(0, collected)
    collected = 0
    return taken
  }

  async function collect(chunk: Buffer): Promise<void> {
    for (let from = 0; from < chunk.length; ) {
      if (collected === partBytes) {
        upload ??= await begin()
        await send(upload, takePart())
      }
      const copied = chunk.copy(part, collected, from)
      collected += copied
      from += copied
    }
  }

  async function begin(): Promise<Upload> {
    const Key = expected ? pathOf(expected) : `${incoming}/${randomUUID()}`
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    if (UploadId === undefined) throw new Error('the bucket began an upload without an id')
    return { Key, UploadId, parts: [] }
  }

  async function send(to: Upload, Body: Buffer): Promise<void> {
    const { Key, UploadId, parts } = to
    const PartNumber = parts.length + 1
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
    parts.push({ PartNumber, ETag })
  }

  async function complete(from: Upload, key: BytesKey): Promise<void> {
    const { Key, UploadId, parts } = from
    if (collected > 0) await send(from, takePart())
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }))
    upload = undefined
    if (Key === pathOf(key)) return
    const CopySource = `${Bucket}/${Key}`
    await client.send(new CopyObjectCommand({ Bucket, Key: pathOf(key), CopySource }))
    await client.send(new DeleteObjectCommand({ Bucket, Key }))
  }

  return {
    write: (chunk) => storing(() => collect(chunk)),

    commit: (key) =>
      storing(async () => {
        if (upload) await complete(upload, key)
        else await client.send(new PutObjectCommand({ Bucket, Key: pathOf(key), Body: takePart() }))
      }),

    async abort() {
      if (!upload) return
      const { Key, UploadId } = upload
      upload = undefined
      // What stays of it is found by tidy().
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => undefined)
    }
  }
}
