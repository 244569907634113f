import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { GatewayError } from '@wag/contracts'

export type MediaLinks = ReturnType<typeof createMediaLinks>

/** What a link carries besides the id. */
export type LinkQuery = { expires?: string; signature?: string }

const keyBytes = 32

/**
 * Addresses under which a stored medium is to be had without a key, until they expire. They are signed with a key of
 * their own, made from `ENCRYPTION_KEY`: with another one all links end.
 */
export function createMediaLinks(encryptionKey: string) {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(encryptionKey, 'hex'), '', 'wag media links', keyBytes))

  function signatureOf(id: string, expires: string): Buffer {
    return createHmac('sha256', key).update(`${id}\n${expires}`).digest()
  }

  return {
    /** The path of a link that works for so many seconds from `now`. */
    sign(id: string, seconds: number, now = Date.now()): { path: string; expiresAt: Date } {
      const expires = Math.floor(now / 1000) + seconds
      const signature = signatureOf(id, String(expires)).toString('base64url')
      const path = `/v1/media/${id}/signed?expires=${expires}&signature=${signature}`
      return { path, expiresAt: new Date(expires * 1000) }
    },

    /** Throws `bad_link` for a link that is not ours or has expired. */
    check(id: string, { expires = '', signature = '' }: LinkQuery, now = Date.now()): void {
      const given = Buffer.from(signature, 'base64url')
      const expected = signatureOf(id, expires)
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
      if (isOurs && Number(expires) * 1000 > now) return
      throw new GatewayError('bad_link', 'This link has expired or is not complete: ask for another')
    }
  }
}
