import { Type } from 'typebox'
import { fixed } from '../field.ts'
import { body, kind } from './parts.ts'

export const CallPermissionSchema = kind(
  'call_permission_request',
  fixed({ name: Type.Literal('call_permission_request') }),
  { body: Type.Optional(body()) }
)
