import { GatewayError } from '@wag/contracts'
import { type Db, findSendingNumber } from '@wag/db'

export type Numbers = ReturnType<typeof createNumbers>

/** What another process has changed is noticed after this long at the latest, in milliseconds. */
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
    /** Numbers have changed: what is asked for from now on is read again. */
    forget(): void {
      known.clear()
    },

    /** The number to send from: the one asked for, or the tenant's default or only one. Throws `number_not_found`. */
    async find(tenantId: string, from: string | undefined): Promise<string> {
      const number = await look(tenantId, from)
      if (number !== undefined) return number
      const detail = from === undefined ? missing : isId(from) ? unknown : noId
      throw new GatewayError('number_not_found', `from ${detail}`, { problems: [{ pointer: '/from', detail }] })
    }
  }
}

/** Meta's ids are digits; whatever else there is, most often the number itself, cannot be one. */
function isId(from: string): boolean {
  return /^[0-9]{1,32}$/.test(from)
}

const unknown = 'is not a phone number of yours that can send: GET /v1/phone-numbers lists their ids'
const noId = 'must be the id of a phone number of yours, not the number itself: GET /v1/phone-numbers lists the ids'
const missing = 'is required: there is no default number that can send'
