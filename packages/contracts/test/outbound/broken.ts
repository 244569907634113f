import { type Body, outboundMessages } from './messages.ts'

/** A value for "not there at all". */
export const absent = Symbol('absent')

/** What is changed in which valid message, where the problem must point, and a part of the rule it must name. */
export type Broken = [message: string, change: string, value: unknown, rule: string, pointer?: string]

/** The valid message with the value at the pointer replaced, taken out, or added. */
export function breakMessage(name: string, change: string, value: unknown): Body {
  const body = structuredClone(outboundMessages[name])
  if (!body) throw new Error(`There is no message named ${name}`)
  const steps = change.split('/').slice(1)
  const last = steps.pop() ?? ''
  let place: Record<string, unknown> = body
  for (const step of steps) place = place[step] as Record<string, unknown>
  if (value === absent) delete place[last]
  else place[last] = value
  return body
}

/** A text of so many characters. */
export function long(length: number): string {
  return 'x'.repeat(length)
}
