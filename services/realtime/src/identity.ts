import { type Subscription } from '@wag/contracts'
import { type Db, findTokenHolder } from '@wag/db'
import { type Authenticator } from '@wag/service'

/** Who listens: an API key, or a token made with one, which may only listen to `allowed`. */
export type Identity = { tenantId: string; keyId: string; tokenId?: string; allowed?: Subscription[] }

/** Realtime tokens begin with this; API keys do not. */
export const tokenPrefix = 'wrt_'

/** Finds out who holds a credential; undefined for nobody, or for a key that may not read. */
export async function identify(
  db: Db,
  authenticate: Authenticator,
  credential: unknown
): Promise<Identity | undefined> {
  if (typeof credential !== 'string') return undefined
  if (credential.startsWith(tokenPrefix) && credential.length < 100) {
    const holder = await findTokenHolder(db, credential)
    if (holder) {
      const { tenantId, keyId, tokenId, subscriptions } = holder
      return { tenantId, keyId, tokenId, allowed: subscriptions }
    }
  }
  const principal = await authenticate(credential)
  const mayRead = principal?.scopes.some((scope) => scope === 'admin' || scope === 'read')
  return principal && mayRead ? { tenantId: principal.tenantId, keyId: principal.keyId } : undefined
}
