import { createHmac, timingSafeEqual } from 'node:crypto'

const signatureShape = /^sha256=[0-9a-f]{64}$/

/**
 * Meta's `X-Hub-Signature-256` for these bytes: `sha256=` and the HMAC-SHA256 in lower-case hex.
 */
export function sign(rawBody: Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`
}

/**
 * Which of the app secrets (several apps, and two of one while it is rotated) made the signature in `header` over exactly
 * these bytes: its place in the list, or -1. Total: anything but one well-formed header is -1, upper-case hex too, which
 * Meta never sends. An empty secret verifies nothing. All secrets are tried, so the time does not tell which one fitted.
 */
export function findSigner(rawBody: Uint8Array, header: unknown, secrets: readonly string[]): number {
  if (!isSignature(header)) return -1
  const given = Buffer.from(header)
  let signer = -1
  secrets.forEach((secret, place) => {
    if (secret !== '' && timingSafeEqual(given, Buffer.from(sign(rawBody, secret)))) signer = place
  })
  return signer
}

/** Whether a header is a signature at all, which can be told before the body is there. */
export function isSignature(header: unknown): header is string {
  return typeof header === 'string' && signatureShape.test(header)
}
