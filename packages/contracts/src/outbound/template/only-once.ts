import { type Problem } from '../../errors.ts'
import { unless } from '../rule.ts'

/** A template has many buttons, but one of everything else. */
export function onlyOnce(components: { type: string }[]): Problem[] {
  const types = components.map(({ type }) => type.toLowerCase())
  return types.flatMap((type, index) =>
    unless(type === 'button' || types.indexOf(type) === index, `/${index}/type`, `must not be ${type} a second time`)
  )
}
