/**
 * Whether a connection may come from this Origin: browsers always send one, and only pages of the listed origins or of
 * this very host may connect; clients that are not browsers send none.
 */
export function isOriginAllowed(origin: string | undefined, host: string | undefined, listed: string): boolean {
  if (origin === undefined) return true
  if (listed.split(',').some((entry) => entry.trim() === origin)) return true
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host
}
