import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const version = 1
const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts a secret with AES-256-GCM. `key` is 32 bytes in hex; `context` (tenant and record id) is bound to the result,
 * so that it cannot be opened in another row's place. Layout: version byte, nonce, tag, ciphertext.
 */
export function seal(secret: string, key: string, context: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed])
}

/** Opens what `seal` made; throws when the key, the context or a bit of the envelope is not the same. */
export function open(envelope: Buffer, key: string, context: string): string {
  if (envelope[0] !== version) throw new Error('the secret was sealed by a newer version')
  const nonce = envelope.subarray(1, 1 + nonceBytes)
  const tag = envelope.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes)
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context)).setAuthTag(tag)
  return Buffer.concat([decipher.update(envelope.subarray(1 + nonceBytes + tagBytes)), decipher.final()]).toString(
    'utf8'
  )
}
