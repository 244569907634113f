import { GatewayError, instantOf, instantRule } from '@wag/contracts'

/** A time that a list, or a range, is narrowed down by. */
export function timeOf(name: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined
  const instant = instantOf(given)
  if (instant) return instant
  throw badQuery(name, instantRule)
}

/** What is wrong with one of the things a list is asked for. */
export function badQuery(name: string, detail: string): GatewayError {
  return new GatewayError('bad_request', `${name} ${detail}`, { problems: [{ pointer: `/${name}`, detail }] })
}
