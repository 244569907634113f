import { type Db, findPrincipal, type Principal } from '@wag/db'
import { type Authenticator } from './authenticate.ts'

/** A revoked key is refused after this long at the latest, in milliseconds. */
const cacheTtlMs = 5_000
/** Keys remembered at most; guessing keys must not grow the memory. */
const cacheEntriesMax = 10_000
const keyLengthMax = 512

/** Looks keys up in the ledger, and remembers each answer for a few seconds. */
export function createAuthenticator(db: Db, rememberMs = cacheTtlMs): Authenticator {
  const cache = new Map<string, { found: Promise<Principal | undefined>; until: number }>()
  return async (key) => {
    if (key.length === 0 || key.length > keyLengthMax) return undefined
    const known = cache.get(key)
    if (known && known.until > Date.now()) return known.found
    if (cache.size >= cacheEntriesMax) cache.clear()
    const found = findPrincipal(db, key)
    cache.set(key, { found, until: Date.now() + rememberMs })
    try {
      return await found
    } catch (error) {
      cache.delete(key)
      throw error
    }
  }
}
