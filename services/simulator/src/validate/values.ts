import {
  checkText,
  invalidParam,
  invalidValue,
  isLonger,
  isParams,
  type Params,
  pathTo,
  requireArray,
  requireParams,
  requireText
} from './params.ts'

/** One of some words, in any case where `anyCase` says so; returns it as it stands in the list. */
export function requireWord(
  parent: Params,
  key: string,
  path: string,
  words: readonly string[],
  { anyCase = false } = {}
): string {
  const given = requireText(parent, key, path)
  const word = words.find((word) => word === (anyCase ? given.toLowerCase() : given))
  if (word !== undefined) return word
  const list = words.join(', ').toUpperCase()
  throw invalidParam(`Param ${pathTo(path, key)} must be one of {${list}} - got "${given}".`)
}

export function checkWord(parent: Params, key: string, path: string, words: readonly string[]): void {
  if (parent[key] !== undefined) requireWord(parent, key, path, words)
}

export function requireInteger(parent: Params, key: string, path: string, min: number, max: number): number {
  const value = parent[key]
  const name = pathTo(path, key)
  if (value === undefined || value === null) throw invalidParam(`The parameter ${name} is required.`)
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalidParam(`Param ${name} must be an integer.`)
  if (value < min || value > max) throw invalidValue(`${name} must be between ${min} and ${max}`)
  return value
}

export function checkInteger(parent: Params, key: string, path: string, min: number, max: number): void {
  if (parent[key] !== undefined) requireInteger(parent, key, path, min, max)
}

export function checkBoolean(parent: Params, key: string, path: string): void {
  const value = parent[key]
  if (value === undefined || typeof value === 'boolean') return
  throw invalidParam(`Param ${pathTo(path, key)} must be a boolean.`)
}

export function checkParams(parent: Params, key: string, path: string): Params | undefined {
  return parent[key] === undefined ? undefined : requireParams(parent, key, path)
}

/** A list of objects, each with its path. `noun` is what Meta calls them. */
export function requireItems(
  parent: Params,
  key: string,
  path: string,
  [noun, min, max]: readonly [noun: string, min: number, max: number]
): [item: Params, path: string][] {
  const items = requireArray(parent, key, path)
  checkCount(items.length, noun, min, max)
  return items.map((item, index) => {
    const itemPath = pathTo(pathTo(path, key), index)
    if (!isParams(item)) throw invalidParam(`Param ${itemPath} must be a JSON object.`)
    return [item, itemPath]
  })
}

export function requireLink(parent: Params, key: string, path: string): void {
  const link = requireText(parent, key, path)
  if (!isWebLink(link)) throw invalidParam(`Param ${pathTo(path, key)} is not a valid URI.`)
}

export function isWebLink(link: string): boolean {
  return /^https?:\/\//i.test(link) && URL.canParse(link)
}

/** A text whose length Meta's other side judges, in words of its own. */
export function requireLabel(parent: Params, key: string, path: string, noun: string, max: number): string {
  const label = requireText(parent, key, path)
  checkLength(label, noun, max)
  return label
}

export function checkLabel(parent: Params, key: string, path: string, noun: string, max: number): void {
  const label = checkText(parent, key, path, { optional: true, empty: true })
  if (label !== undefined && isLonger(label, max)) throw tooLong(noun, max)
}

export function checkLength(text: string, noun: string, max: number): void {
  if (text === '' || isLonger(text, max)) throw tooLong(noun, max)
}

export function checkCount(count: number, noun: string, min: number, max: number): void {
  if (count >= min && count <= max) return
  throw invalidValue(`Invalid ${noun} count. Min allowed ${noun}: ${min}, Max allowed ${noun}: ${max}`)
}

export function refuseRepeated(values: readonly (string | number)[], noun: string): void {
  const repeated = values.find((value, index) => values.indexOf(value) !== index)
  if (repeated !== undefined) throw invalidValue(`Duplicated ${noun}: ${repeated}`)
}

function tooLong(noun: string, max: number) {
  return invalidValue(`${noun} length invalid. Min length: 1, Max length: ${max}`)
}
