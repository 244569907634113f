/** Hosts of Meta's that media are served from; the last label may have anything before it. */
const exact = new Set(['graph.facebook.com', 'lookaside.fbsbx.com'])
const below = ['.fbcdn.net', '.whatsapp.net']

/**
 * Whether the token may be sent to this address: one of Meta's hosts over https on its own port, or exactly the origin
 * where Graph is for us.
 */
export function isMetaAddress(url: URL, graphUrl: string): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.origin === new URL(graphUrl).origin) return true
  if (url.protocol !== 'https:' || url.port !== '') return false
  return exact.has(url.hostname) || below.some((suffix) => url.hostname.endsWith(suffix))
}
