import { GatewayError } from '@wag/contracts'

/** The contact id in a path. What is no number is nobody's contact. */
export function contactIdOf(value: string): number {
  const id = Number(value)
  if (/^\d{1,15}$/.test(value) && Number.isSafeInteger(id)) return id
  throw new GatewayError('contact_not_found', 'Contact not found')
}
