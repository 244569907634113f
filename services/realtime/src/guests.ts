import { type Db, findValid } from '@wag/db'
import { every } from '@wag/service'
import { type FastifyBaseLogger } from 'fastify'
import { type Identity } from './identity.ts'
import { type Metrics } from './metrics.ts'

/** Somebody connected to this node. */
export type Guest = { identity: Identity; cut: () => void }

export type Guests = ReturnType<typeof createGuests>

/**
 * How often the credentials of everybody here are looked at again, in milliseconds. With what an authenticator remembers
 * this bounds the time from a revocation to the cut: under 5 s.
 */
const lookIntervalMs = 2_000

/** Everybody connected to this node; who holds a revoked key or a token that has ended is cut. */
export function createGuests({ db, metrics, log }: { db: Db; metrics: Metrics; log: FastifyBaseLogger }) {
  const guests = new Set<Guest>()
  const perKey = new Map<string, number>()

  async function look(): Promise<void> {
    if (guests.size === 0) return
    const identities = [...guests].map(({ identity }) => identity)
    const keyIds = new Set(identities.flatMap(({ keyId, tokenId }) => (tokenId ? [] : [keyId])))
    const tokenIds = new Set(identities.flatMap(({ tokenId }) => tokenId ?? []))
    const valid = await findValid(db, [...keyIds], [...tokenIds])
    for (const guest of guests) {
      if (valid.has(guest.identity.tokenId ?? guest.identity.keyId)) continue
      metrics.cut.inc({ reason: 'revoked' })
      guest.cut()
    }
  }

  const loop = every(lookIntervalMs, look, (error) => log.warn({ err: error }, 'cannot look at credentials'))
  return {
    /** Adds a guest; the returned function takes them out again. */
    add(guest: Guest): () => void {
      const { keyId } = guest.identity
      guests.add(guest)
      perKey.set(keyId, (perKey.get(keyId) ?? 0) + 1)
      return () => {
        if (!guests.delete(guest)) return
        const left = (perKey.get(keyId) ?? 1) - 1
        if (left > 0) perKey.set(keyId, left)
        else perKey.delete(keyId)
      }
    },
    /** How many are here with this key, or with tokens made with it. */
    countKey: (keyId: string): number => perKey.get(keyId) ?? 0,
    close: () => loop.stop()
  }
}
