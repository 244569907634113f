import { v7 } from 'uuid'

/**
 * A new id: UUIDv7, so that ids sort by the time they were made (to the millisecond, and in order within one process),
 * indexes grow at one end, and the daily partitions of the inbox can be told from the id alone.
 */
export function createId(): string {
  return v7()
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
