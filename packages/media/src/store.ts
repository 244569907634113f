import { type Readable } from 'node:stream'

/** Bytes in a store: a tenant's, under their SHA-256. Tenants share none, so that none can learn what another has. */
export type BytesKey = { tenantId: string; hash: Buffer }

/** First and last byte, both counted. */
export type ByteRange = { start: number; end: number }

/** Takes the bytes of one file. Exactly one of `commit` and `abort` ends it; nothing can be read before. */
export type MediaSink = {
  write(chunk: Buffer): Promise<void>
  /** Resolves when the bytes are there for good, under their hash. */
  commit(key: BytesKey): Promise<void>
  /** Leaves nothing behind. Does not throw. */
  abort(): Promise<void>
}

/**
 * Where media are kept: a folder or an S3 bucket. Every call gives up by itself; what fails throws
 * `media_unavailable`, with the cause.
 */
export type MediaStore = {
  /** `expected`, where it is known, spares an S3 bucket a copy; what counts is the key that is committed. */
  create(expected?: BytesKey): Promise<MediaSink>
  /** The bytes, or a part of them; undefined where there are none. The caller reads the stream or destroys it. */
  read(key: BytesKey, range?: ByteRange): Promise<Readable | undefined>
  /** Removes the bytes; no error where there are none. */
  remove(key: BytesKey): Promise<void>
  /** Writes and removes something, to find out early what is wrong. */
  check(): Promise<void>
  /** Removes what sinks left that are older than this and were killed. */
  tidy(olderThanMs: number): Promise<void>
  close(): void
}

/** The settings that say where media are kept; empty means not set. A bucket goes before a folder. */
export type MediaStoreConfig = {
  MEDIA_DIR: string
  MEDIA_S3_ENDPOINT: string
  MEDIA_S3_BUCKET: string
  MEDIA_S3_REGION: string
  MEDIA_S3_ACCESS_KEY_ID: string
  MEDIA_S3_SECRET_ACCESS_KEY: string
}

/** Unfinished files stand under this name, beside the tenants. */
export const incoming = 'incoming'

/** The path of bytes: no more than 256 entries stand directly below a tenant. */
export function pathOf({ tenantId, hash }: BytesKey): string {
  const name = hash.toString('hex')
  return `${tenantId}/${name.slice(0, 2)}/${name}`
}
