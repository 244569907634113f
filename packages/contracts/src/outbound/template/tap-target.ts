import { Type } from 'typebox'
import { fixed, LinkSchema, text } from '../field.ts'
import { parameter, word } from './component.ts'

/** Where a tap on a template's header leads, and what the phone calls it. */
export const TapTargetSchema = fixed({
  type: word('tap_target_configuration'),
  parameters: Type.Array(
    parameter('tap_target_configuration', {
      tap_target_configuration: Type.Array(fixed({ url: LinkSchema, title: text(1024) }), { minItems: 1, maxItems: 1 })
    }),
    { minItems: 1, maxItems: 1 }
  )
})
