import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type PhoneNumber,
  parsePhoneNumberFromString
} from 'libphonenumber-js/max'

/** The digits of a phone number, country code first; undefined for what cannot be one. */
export type PhoneParser = (text: string) => string | undefined

const phoneLike = /^\+?[\p{Nd}\s().‐-―−/-]{3,40}$/u
const international = /^\+?[1-9]\d{6,14}$/

/**
 * Reads any common spelling: `+1 (650) 555-1234`, `001 650 5551234`, `16505551234`, and with a default country (`US`) the
 * national ones too. A number counts as one when its length is possible in its country: whether it is in use is Meta's to
 * say. Throws for a default country that does not exist.
 */
export function createPhoneParser(defaultCountry: string): PhoneParser {
  if (defaultCountry !== '' && !isSupportedCountry(defaultCountry)) {
    throw new Error('DEFAULT_COUNTRY must be a country such as DE or US, by its two letters')
  }
  const country = defaultCountry === '' ? undefined : (defaultCountry as CountryCode)
  const lengths = possibleLengths()
  return (given) => {
    // Digits of other widths and scripts become plain ones.
    const text = given.normalize('NFKC')
    const compact = text.replace(/[\s().-]/g, '').replace(/^00/, '+')
    const isWhole = compact.startsWith('+') || !country
    if (isWhole && international.test(compact) && isPlain(compact, lengths)) return compact.replace('+', '')
    return phoneLike.test(text) ? parseSlowly(text, compact, country) : undefined
  }
}

/** The quick way for nearly all: the library takes ten times as long, which a batch of a thousand feels. */
function isPlain(compact: string, lengths: Map<string, Set<number>>): boolean {
  const digits = compact.replace('+', '')
  // Mexican numbers in WhatsApp have the 1 that calls to mobiles had until 2019.
  if (/^521\d{10}$/.test(digits)) return true
  for (let size = 1; size <= 3; size++) {
    const possible = lengths.get(digits.slice(0, size))
    // A zero there is the one that is dialled at home; taking it out, or not, is the library's.
    if (possible) return digits[size] !== '0' && possible.has(digits.length - size)
  }
  return false
}

function parseSlowly(text: string, compact: string, country: CountryCode | undefined): string | undefined {
  const whole = parse(compact.startsWith('+') ? compact : `+${compact}`)
  const national = country && !compact.startsWith('+') ? parse(text, country) : undefined
  // Without a + it may be either. What begins with the country's own code is rather whole, anything else rather national.
  const isOwn = country !== undefined && compact.startsWith(getCountryCallingCode(country))
  const found = (isOwn ? [whole, national] : [national, whole]).filter((number) => number?.isPossible())
  const number = found.find((one) => one?.isValid()) ?? found[0]
  return number?.number.slice(1)
}

function parse(text: string, defaultCountry?: CountryCode): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(text, { extract: false, ...(defaultCountry && { defaultCountry }) })
  return number?.ext === undefined ? number : undefined
}

/** How long the part after the country code may be, by country code. */
function possibleLengths(): Map<string, Set<number>> {
  const metadata = new Metadata()
  return new Map(
    getCountries().map((country) => {
      const code = getCountryCallingCode(country)
      // As the library itself does: several countries may share a code, and its plan is what counts.
      metadata.selectNumberingPlan(code as string as CountryCode)
      return [code, new Set(metadata.numberingPlan?.possibleLengths())] as const
    })
  )
}
