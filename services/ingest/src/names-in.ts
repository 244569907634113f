/** Names looked for in one item, or in one body, at most: what is larger is no person's. */
const namesMax = 1_000

/** Every text in a JSON value that may be a phone number or a user id of Meta's. */
export function namesIn(content: unknown): string[] {
  const names: string[] = []
  collect(content, names)
  return names
}

/** The same in bytes that are no JSON. */
export function namesInBytes(bytes: Buffer): string[] {
  const names: string[] = []
  for (const [name] of bytes.toString('latin1').matchAll(/(?<!\d)\d{5,20}(?!\d)|[A-Z]{2}\.[\w.]{4,140}/g)) {
    if (names.push(name) === namesMax) break
  }
  return names
}

function collect(value: unknown, names: string[]): void {
  if (names.length >= namesMax) return
  if (typeof value === 'string') {
    const digits = value.replace(/^\+/, '')
    if (/^\d{5,20}$/.test(digits)) names.push(digits)
    else if (/^[A-Z]{2}\.[\w.]{4,140}$/.test(value)) names.push(value)
  } else if (Array.isArray(value)) for (const element of value) collect(element, names)
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, names)
}
