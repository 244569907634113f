import { eventually } from '@wag/testkit'
import { type Answer } from '../client.ts'
import { type Arena } from './arena.ts'

/** Promise: an answer comes so soon, whatever is down, in milliseconds; with room for a slow machine. */
const answerMaxMs = 2_500

const message = { to: '+16505550199', type: 'text', text: { body: 'probe' }, priority: 'otp' }

/** Rejects unless one of three sends in a row is answered with this status, and in time: one may meet a hiccup. */
export async function expectSend(arena: Arena, status: number): Promise<void> {
  await expectAnswer('a send', status, () => arena.system.client.post('/v1/messages', message))
}

/** The same for webhooks. */
export async function expectWebhook(arena: Arena, status: number): Promise<void> {
  const empty = { object: 'whatsapp_business_account', entry: [] }
  await expectAnswer('a webhook', status, () => arena.system.client.webhook(empty))
}

/** Rejects unless a send is accepted now and goes out within so many milliseconds. */
export async function expectSent({ system, sql }: Arena, timeoutMs: number): Promise<void> {
  const { status, body } = await system.client.post('/v1/messages', message)
  if (status !== 202) throw new Error(`a send was answered with ${status}`)
  const { id } = body as { id: string }
  await eventually(
    async () => {
      const [row] = await sql.query<{ state: string }>('select state from messages where id = $1', [id])
      if (!row || ['queued', 'sending'].includes(row.state)) throw new Error(`an accepted send is still ${row?.state}`)
      return true
    },
    { timeoutMs, intervalMs: 100 }
  )
}

async function expectAnswer(what: string, status: number, ask: () => Promise<Answer>): Promise<void> {
  const seen: string[] = []
  for (let time = 0; time < 3; time++) {
    const began = performance.now()
    const answer = await ask()
    const tookMs = Math.round(performance.now() - began)
    if (answer.status === status && tookMs <= answerMaxMs) return
    seen.push(`${answer.status} after ${tookMs} ms`)
  }
  throw new Error(`${what} should be answered with ${status} at once, and was with ${seen.join(', ')}`)
}
