import { type Db, loadAccessToken, type PhoneNumber } from '@wag/db'

/** A changed token is used after this long at the latest, in milliseconds. */
const tokenTtlMs = 10_000

export type Tokens = { of(number: PhoneNumber): Promise<string | undefined> }

/** The Meta tokens of numbers, opened once and kept in memory for a short while. */
export function createTokens(db: Db, encryptionKey: string): Tokens {
  const known = new Map<string, { token: Promise<string | undefined>; until: number }>()
  return {
    async of(number) {
      const cached = known.get(number.id)
      if (cached && cached.until > Date.now()) return cached.token
      const token = loadAccessToken(db, number, encryptionKey)
      known.set(number.id, { token, until: Date.now() + tokenTtlMs })
      try {
        return await token
      } catch (error) {
        known.delete(number.id)
        throw error
      }
    }
  }
}
