import { type Db, readEvents, type StoredEvent } from '@wag/db'

/** Events in one block: what one read of the ledger brings at most. */
export const blockSize = 500
/** Blocks kept: about ten megabytes. */
const blocksMax = 32

export type Blocks = { read(tenantId: string, after: number, upTo: number): Promise<StoredEvent[]> }

/**
 * Old parts of the logs, read in fixed blocks and shared. Sequence numbers have no gaps and what is committed never changes,
 * so a block, once read, is right for ever: a thousand clients that come back at once cost one read per block.
 */
export function createBlocks(db: Db, onRead: () => void): Blocks {
  const kept = new Map<string, Promise<StoredEvent[]>>()

  function load(tenantId: string, start: number, end: number): Promise<StoredEvent[]> {
    const key = `${tenantId}:${start}:${end}`
    const known = kept.get(key)
    kept.delete(key)
    const block = known ?? readEvents(db, tenantId, start, end)
    kept.set(key, block)
    if (!known) {
      onRead()
      block.catch(() => kept.delete(key))
      const [oldest] = kept.keys()
      if (kept.size > blocksMax && oldest !== undefined) kept.delete(oldest)
    }
    return block
  }

  return {
    /** Events after `after`, up to `upTo` or the end of the block that the first of them is in. */
    async read(tenantId, after, upTo) {
      const start = Math.floor(after / blockSize) * blockSize
      const block = await load(tenantId, start, Math.min(start + blockSize, upTo))
      return block.filter(({ seq }) => seq > after)
    }
  }
}
