import { type TProperties, Type } from 'typebox'
import { fixed } from '../field.ts'

/** A fixed word that Meta's samples write in lower case here and in upper case there. */
export function word<Word extends string>(name: Word) {
  return Type.Enum([name, name.toUpperCase()])
}

/** A parameter under its own name, such as `{ type: 'text', text: … }`; `parameter_name` in templates with named ones. */
export function parameter<Name extends string, Properties extends TProperties>(name: Name, properties: Properties) {
  return fixed({ type: Type.Literal(name), parameter_name: Type.Optional(parameterName), ...properties })
}

const parameterName = Type.String({ minLength: 1, maxLength: 512 })
