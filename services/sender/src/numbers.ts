import { createBatcher, type Db, loadSendingNumbers, type SendingNumber } from '@wag/db'

/** A changed token or rate is used after this long at the latest, in milliseconds. */
const keepMs = 10_000
/** Numbers kept at most; one that is left out is only read again. */
const keptMax = 20_000

/** A number whose token is open. */
export type ReadyNumber = SendingNumber & { accessToken: string }

export type Numbers = {
  /** What the ledger says of a number; undefined where it has no token, or does not exist. */
  get(phoneNumberId: string): Promise<SendingNumber | undefined>
  /** Something about the number has changed: it is read again. */
  forget(phoneNumberId: string): void
}

/** The numbers of this ledger with their tokens, read in batches and kept in memory for a short while. */
export function createNumbers(db: Db, encryptionKey: string): Numbers {
  const known = new Map<string, { number: Promise<SendingNumber | undefined>; until: number }>()
  const batcher = createBatcher<string, SendingNumber | undefined>(
    async (ids) => {
      const found = await loadSendingNumbers(db, ids, encryptionKey)
      const byId = new Map(found.map((number) => [number.id, number]))
      return ids.map((id) => byId.get(id))
    },
    { itemsMax: 500, inFlightMax: 1 }
  )
  return {
    async get(phoneNumberId) {
      const kept = known.get(phoneNumberId)
      if (kept && kept.until > Date.now()) return kept.number
      if (known.size >= keptMax) known.clear()
      const number = batcher.add(phoneNumberId)
      known.set(phoneNumberId, { number, until: Date.now() + keepMs })
      try {
        return await number
      } catch (error) {
        known.delete(phoneNumberId)
        throw error
      }
    },
    forget: (phoneNumberId) => void known.delete(phoneNumberId)
  }
}
