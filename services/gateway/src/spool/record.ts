import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type NewWebhook, type RawWebhook } from '@wag/db'

/** A webhook with the time it came, which the ledger could not be told yet. */
export type SpooledWebhook = NewWebhook & { receivedAt: Date }

// header:  mark (4) | length of the payload (4) | CRC-32 of the payload (4) | CRC-32 of these 12 bytes (4)
// payload: id (16) | tenant (16) | received, in milliseconds (8) | body
const mark = Buffer.from('WAGR')
const headerBytes = 16
const prefixBytes = 40

/** A record: the id is made before, so that reading it twice stores it once. */
export function encodeRecord({ id, tenantId, receivedAt, body }: SpooledWebhook): Buffer {
  const record = Buffer.alloc(headerBytes + prefixBytes + body.length)
  record.write(id.replaceAll('-', ''), headerBytes, 'hex')
  record.write(tenantId.replaceAll('-', ''), headerBytes + 16, 'hex')
  record.writeDoubleBE(receivedAt.getTime(), headerBytes + 32)
  body.copy(record, headerBytes + prefixBytes)
  const payload = record.subarray(headerBytes)
  mark.copy(record)
  record.writeUInt32BE(payload.length, 4)
  record.writeUInt32BE(crc32(payload), 8)
  record.writeUInt32BE(crc32(record.subarray(0, 12)), 12)
  return record
}

/** What a segment holds: whole records, and pieces whose bytes are no longer those that were written. */
export type Decoded = { webhooks: SpooledWebhook[]; damaged: { at: number; bytes: Buffer }[] }

/**
 * Reads a segment. Total: whatever the bytes, no record after a damaged one is lost. A tail that was never finished is
 * left out, since nobody was told that it is stored.
 */
export function decodeSegment(segment: Buffer): Decoded {
  const decoded: Decoded = { webhooks: [], damaged: [] }
  let at = 0
  while (at < segment.length) {
    const length = payloadLength(segment, at)
    if (length === undefined) {
      const next = findHeader(segment, at + 1)
      const bytes = segment.subarray(at, next)
      if (next < segment.length || !isUnfinished(bytes)) decoded.damaged.push({ at, bytes })
      at = next
      continue
    }
    const end = at + headerBytes + length
    if (end > segment.length) break
    const payload = segment.subarray(at + headerBytes, end)
    if (crc32(payload) === segment.readUInt32BE(at + 8)) decoded.webhooks.push(decodePayload(payload))
    else decoded.damaged.push({ at, bytes: payload.subarray(prefixBytes) })
    at = end
  }
  return decoded
}

/** The length of the record that begins here; undefined where none does. */
function payloadLength(segment: Buffer, at: number): number | undefined {
  if (at + headerBytes > segment.length || !segment.subarray(at, at + 4).equals(mark)) return undefined
  if (crc32(segment.subarray(at, at + 12)) !== segment.readUInt32BE(at + 12)) return undefined
  const length = segment.readUInt32BE(at + 4)
  return length >= prefixBytes ? length : undefined
}

function findHeader(segment: Buffer, from: number): number {
  for (let at = segment.indexOf(mark, from); at !== -1; at = segment.indexOf(mark, at + 1)) {
    if (payloadLength(segment, at) !== undefined) return at
  }
  return segment.length
}

/** A write that a crash cut short leaves a piece of a header, or the zeros of a file that was only made longer. */
function isUnfinished(bytes: Buffer): boolean {
  return bytes.length < headerBytes || bytes.every((byte) => byte === 0)
}

function decodePayload(payload: Buffer): SpooledWebhook {
  return {
    id: uuidOf(payload.subarray(0, 16)),
    tenantId: uuidOf(payload.subarray(16, 32)),
    receivedAt: new Date(payload.readDoubleBE(32)),
    body: payload.subarray(prefixBytes)
  }
}

/** Damaged bytes as a webhook of its own. The id follows from its place, so that reading it twice stores it once. */
export function damagedWebhook(segmentId: string, at: number, body: Buffer, tenantId: string): RawWebhook {
  const id = Buffer.from(segmentId.replaceAll('-', ''), 'hex')
  // The beginning, which says when, stays: it decides the partition of the inbox.
  createHash('sha256').update(`${segmentId} ${at}`).digest().copy(id, 9, 0, 7)
  return { id: uuidOf(id), tenantId, body }
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
