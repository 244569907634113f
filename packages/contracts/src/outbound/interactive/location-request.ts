import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { body, kind } from './parts.ts'

export const LocationRequestSchema = kind('location_request_message', fixed({ name: Type.Literal('send_location') }), {
  body: body()
})
