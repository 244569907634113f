import { checkText, invalidParam, invalidValue, type Params, pathTo, refuseOtherKeys, requireParams } from './params.ts'

const limits = { latitude: 90, longitude: 180 }

/** Checks a place: Meta's samples write its coordinates as texts and as numbers. */
export function checkLocation(parent: Params, path: string): void {
  const location = requireParams(parent, 'location', path)
  const locationPath = pathTo(path, 'location')
  for (const [key, limit] of Object.entries(limits)) {
    const value = location[key]
    const name = pathTo(locationPath, key)
    if (value === undefined || value === null || value === '') throw invalidParam(`The parameter ${name} is required.`)
    if (typeof value !== 'number' && typeof value !== 'string') throw invalidParam(`Param ${name} must be a number.`)
    if (!(Math.abs(Number(value)) <= limit)) throw invalidValue(`${name} is not a coordinate`)
  }
  for (const key of ['name', 'address']) checkText(location, key, locationPath, { optional: true, empty: true })
  refuseOtherKeys(location, ['latitude', 'longitude', 'name', 'address'], locationPath)
}
