import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client
} from '@aws-sdk/client-s3'
import { createS3Sink } from './s3-sink.ts'
import { type ByteRange, incoming, type MediaStore, type MediaStoreConfig, pathOf } from './store.ts'
import { storing } from './unavailable.ts'

/** A part of 5 MiB must get through in this time, and a silent reader of ours is let go after it. In milliseconds. */
const requestTimeoutMs = 60_000
const connectTimeoutMs = 5_000

/** Keeps media in a bucket of anything that speaks S3. */
export function createS3Store(config: MediaStoreConfig): MediaStore {
  const client = new S3Client(optionsOf(config))
  const Bucket = config.MEDIA_S3_BUCKET
  const remove = async (Key: string): Promise<void> =>
    void (await client.send(new DeleteObjectCommand({ Bucket, Key })))

  return {
    create: async (expected) => createS3Sink(client, Bucket, expected),

    read: (key, range) =>
      storing(async () => {
        try {
          const Range = range && rangeOf(range)
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: pathOf(key), Range }))
          if (!(Body instanceof Readable)) throw new Error('the bucket answered without a body')
          return Body
        } catch (error) {
          if (isMissing(error)) return undefined
          throw error
        }
      }),

    remove: (key) => storing(() => remove(pathOf(key))),

    check: () =>
      storing(async () => {
        const Key = `${incoming}/probe`
        await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from('probe') }))
        await remove(Key)
      }),

    tidy: (olderThanMs) =>
      storing(async () => {
        const before = Date.now() - olderThanMs
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }))
        for (const { Key, UploadId, Initiated } of Uploads) {
          if (Initiated && Initiated.getTime() < before) {
            await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
          }
        }
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${incoming}/` }))
        for (const { Key, LastModified } of Contents) {
          if (Key !== undefined && LastModified && LastModified.getTime() < before) await remove(Key)
        }
      }),

    close: () => client.destroy()
  }
}

function optionsOf(config: MediaStoreConfig) {
  const { MEDIA_S3_ENDPOINT: endpoint, MEDIA_S3_ACCESS_KEY_ID: accessKeyId } = config
  return {
    region: config.MEDIA_S3_REGION,
    // A name of its own for each bucket is what Amazon offers; others rarely do.
    ...(endpoint !== '' && { endpoint, forcePathStyle: true }),
    // Without keys: what the SDK finds by itself, such as the role of the machine.
    ...(accessKeyId !== '' && { credentials: { accessKeyId, secretAccessKey: config.MEDIA_S3_SECRET_ACCESS_KEY } }),
    // Stores other than Amazon's refuse the checksums that the SDK adds by itself; the hash is checked by us.
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true
    }
  }
}

function rangeOf({ start, end }: ByteRange): string {
  return `bytes=${start}-${end}`
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)
}
