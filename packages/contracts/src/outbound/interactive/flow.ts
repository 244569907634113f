import { type Static, Type } from 'typebox'
import { type Problem } from '../../errors.ts'
import { fixed, IdSchema, text } from '../field.ts'
import { unless, withRule } from '../rule.ts'
import { body, FooterSchema, HeaderSchema, kind } from './parts.ts'

const FlowParametersSchema = fixed({
  flow_message_version: Type.Literal('3'),
  flow_id: Type.Optional(IdSchema),
  flow_name: Type.Optional(IdSchema),
  flow_cta: text(30),
  flow_token: Type.Optional(text(4096)),
  mode: Type.Optional(Type.Enum(['draft', 'published'])),
  flow_action: Type.Optional(Type.Enum(['navigate', 'data_exchange'])),
  flow_action_payload: Type.Optional(
    fixed({
      screen: Type.Optional(text(512)),
      data: Type.Optional(
        withRule(Type.Record(Type.String(), Type.Unknown()), (data) =>
          unless(Object.keys(data).length > 0, '', 'must not be empty: leave it out')
        )
      )
    })
  )
})

export const FlowSchema = kind(
  'flow',
  fixed({ name: Type.Literal('flow'), parameters: withRule(FlowParametersSchema, flowRule) }),
  { header: Type.Optional(HeaderSchema), body: body(), footer: Type.Optional(FooterSchema) }
)

function flowRule(parameters: Static<typeof FlowParametersSchema>): Problem[] {
  const { flow_id: id, flow_name: name, flow_action: action, flow_action_payload: payload } = parameters
  return [
    ...unless(id !== undefined || name !== undefined, '', 'must have a flow_id or a flow_name'),
    ...unless(id === undefined || name === undefined, '/flow_name', 'must not be given together with flow_id'),
    ...unless(
      payload === undefined || action !== 'data_exchange',
      '/flow_action_payload',
      'must be left out where flow_action is data_exchange'
    )
  ]
}
