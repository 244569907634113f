import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { GatewayError } from '@wag/contracts'
import ipaddr from 'ipaddr.js'

/** What decides whether one of our machines may connect to the address a stranger named. */
export type GuardOptions = {
  /** `host:port` of servers of one's own, which are trusted: any address, and http too. For development and tests. */
  allow?: string[]
  /** All addresses of a name; the system's name servers by default. */
  resolve?: (hostname: string) => Promise<string[]>
  /** Whether an address is on the open internet; a test says so of its own. */
  isPublic?: (address: string) => boolean
  /** The port a link may have. */
  port?: number
}

/** A link that may be fetched: from one of these addresses and from no other, whatever the name means a moment later. */
export type VettedLink = { url: URL; addresses: string[] }

const linkLengthMax = 2048
const dnsTimeoutMs = 2_000
const dnsTries = 2

// Azure's virtual machines reach their host there; it looks like any public address.
const publicButNot = new Set(['168.63.129.16'])

/**
 * Whether an address, in its canonical spelling, is on the open internet: neither private, local, shared, reserved,
 * multicast nor one that carries an IPv4 address inside (mapped, translated, 6to4, Teredo). For IPv6 that is 2000::/3.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || publicButNot.has(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1
}

/**
 * Looks at a link before it is fetched, and resolves its host, once. Throws `invalid_message` with the rule it breaks;
 * which address a name has is not told.
 */
export async function vetLink(link: string, options: GuardOptions): Promise<VettedLink> {
  const { allow = [], isPublic = isPublicAddress, port = 443 } = options
  const url = parse(link)
  const isAllowed = allow.includes(`${url.hostname}:${portOf(url)}`)
  if (!isAllowed && url.protocol !== 'https:') throw refused('must be an https URL')
  if (!isAllowed && portOf(url) !== port) throw refused(`must be on port ${port}`)
  // The URL parser has brought every spelling of an address (2130706433, 0x7f.1, 0) into the one that is checked here.
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(literal) ? [literal] : await resolveOf(options, isAllowed)(literal).catch(unresolved)
  if (addresses.length === 0) throw refused('names a host that cannot be found')
  // One bad address among good ones is no accident.
  if (!isAllowed && !addresses.every(isPublic)) throw refused('must be on a host of the open internet')
  return { url, addresses }
}

function parse(link: string): URL {
  if (link.length > linkLengthMax) throw refused(`must not be longer than ${linkLengthMax} characters`)
  const url = URL.parse(link)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('must be an https URL')
  if (url.username !== '' || url.password !== '') throw refused('must not hold a user name or password')
  return url
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function resolveOf({ resolve }: GuardOptions, isAllowed: boolean): (hostname: string) => Promise<string[]> {
  return resolve ?? (isAllowed ? resolveLocally : resolveByDns)
}

// NOTE: not getaddrinfo, which a slow name server of a stranger's could keep busy with all four threads of the pool that
// also serves the file system.
async function resolveByDns(hostname: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: dnsTries })
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  return found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
}

async function resolveLocally(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address)
}

function unresolved(): string[] {
  return []
}

function refused(rule: string): GatewayError {
  return new GatewayError('invalid_message', `The link ${rule}`)
}
