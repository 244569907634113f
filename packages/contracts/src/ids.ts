import { v7 } from 'uuid'

/**
 * A new id: UUIDv7, so that ids sort by the time they were made (to the millisecond, and in order within one process),
 * indexes grow at one end, and the daily partitions of the inbox can be told from the id alone.
 */
export function createId(): string {
  const random = randomBytes()
  const now = Date.now()
  if (now > last.msecs) {
    last.msecs = now
    last.seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1
  } else {
    last.seq = (last.seq + 1) >>> 0
    if (last.seq === 0) last.msecs++
  }
  return v7({ ...last, random })
}

/** The newest id's time, and its place among those of the same millisecond. */
const last = { msecs: 0, seq: 0 }

// Drawn for many ids at once: asking the system for each took longer than all the rest of it.
const pool = new Uint8Array(16 * 256)
let used = pool.length

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

/** The tenant that exists from the first migration on. Every row names its tenant, so that more can come. */
export const defaultTenantId = '00000000-0000-7000-8000-000000000001'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a string from outside can be looked up as one of our ids (lower-case UUID). */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value)
}

/** When one of our ids was made, in milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
