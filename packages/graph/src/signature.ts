import { createHmac, timingSafeEqual } from 'node:crypto'

const signatureShape = /^sha256=[0-9a-f]{64}$/

/**
 * Meta's `X-Hub-Signature-256` for these bytes: `sha256=` and the HMAC-SHA256 in lower-case hex.
 */
export function sign(rawBody: Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`
}

/**
 * Whether `header` signs exactly these bytes with one of the app secrets (several while a secret is rotated). Total:
 * anything but one well-formed header is false, upper-case hex too, which Meta never sends. An empty secret
 * verifies nothing. All secrets are tried, so the time does not tell which one fitted.
 */
export function isSigned(rawBody: Uint8Array, header: unknown, secrets: readonly string[]): boolean {
  if (typeof header !== 'string' || !signatureShape.test(header)) return false
  const given = Buffer.from(header)
  let signed = false
  for (const secret of secrets) {
    if (secret !== '' && timingSafeEqual(given, Buffer.from(sign(rawBody, secret)))) signed = true
  }
  return signed
}
