/** Keywords about one value, whatever is inside it. */
export type Keywords = {
  type?: string
  const?: unknown
  enum?: unknown[]
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  description?: string
}

/** The keywords that our schemas of messages use. A `description` is the rule in words, where a keyword cannot say it. */
export type Shape = Keywords & {
  properties?: Record<string, Shape>
  patternProperties?: Record<string, Shape>
  required?: string[]
  additionalProperties?: boolean
  items?: Shape
  minItems?: number
  maxItems?: number
  anyOf?: Shape[]
  not?: object
}
