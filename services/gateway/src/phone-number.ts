import { GatewayError } from '@wag/contracts'

/**
 * The digits of a phone number with its country code, however it was written: `+1 (650) 555-1234`, `0016505551234`.
 * Throws `bad_request` for what cannot be one; the text names the field and not the number.
 */
export function digitsOf(value: string, field: string): string {
  const digits = value.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '')
  if (!/^[1-9]\d{6,14}$/.test(digits)) {
    throw new GatewayError('bad_request', `${field} must be a phone number with its country code, such as +16505551234`)
  }
  return digits
}
