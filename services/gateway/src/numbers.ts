import { GatewayError } from '@wag/contracts'
import { type Db, findSendingNumber } from '@wag/db'

export type Numbers = ReturnType<typeof createNumbers>

/** A number that lost its token is noticed after this long at the latest, in milliseconds. */
const rememberMs = 2_000
/** What is not there is asked for again, but not more often than this, in milliseconds. */
const rememberNothingMs = 100
/** Numbers remembered at most. */
const numbersMax = 50_000

type Known = { number: Promise<string | undefined>; until: number }

/** Which number a message is sent from. What the ledger says is remembered for a moment: every send asks. */
export function createNumbers(db: Db) {
  const known = new Map<string, Known>()

  async function look(tenantId: string, from: string | undefined): Promise<string | undefined> {
    const key = JSON.stringify([tenantId, from])
    const cached = known.get(key)
    if (cached && performance.now() < cached.until) return cached.number
    if (known.size >= numbersMax) known.clear()
    const entry: Known = { number: findSendingNumber(db, tenantId, from), until: performance.now() + rememberMs }
    known.set(key, entry)
    try {
      const number = await entry.number
      if (number === undefined) entry.until = performance.now() + rememberNothingMs
      return number
    } catch (error) {
      known.delete(key)
      throw error
    }
  }

  return {
    /** The number to send from: the one asked for, or the tenant's default or only one. Throws `number_not_found`. */
    async find(tenantId: string, from: string | undefined): Promise<string> {
      const number = await look(tenantId, from)
      if (number !== undefined) return number
      const detail = from === undefined ? missing : unknown
      throw new GatewayError('number_not_found', `from ${detail}`, { problems: [{ pointer: '/from', detail }] })
    }
  }
}

const unknown = 'is not a phone number of yours that can send'
const missing = 'is required: there is no default number that can send'
