import { setTimeout as sleep } from 'node:timers/promises'
import { type Client } from '../client.ts'
import { type Journal } from './journal.ts'

/** What callers were told: ids by idempotency key, and wamids of webhooks that were answered with 200. */
export type Acknowledged = { sends: Map<string, string>; webhooks: Set<string>; intended: number }

export type Load = {
  acknowledged: Acknowledged
  /** Stops beginning anything new, and goes on repeating what has no answer for so long, in milliseconds. */
  stop(patienceMs: number): Promise<void>
  /** Repeats some acknowledged sends, and gives the keys that were answered with another message than the first time. */
  repeat(times: number): Promise<string[]>
}

export type LoadOptions = {
  client: Client
  journal: Journal
  sendsPerS: number
  webhooksPerS: number
  /** Tells one load's keys and wamids from another's. */
  name: string
  numberId: string
}

/** How long a caller waits before it repeats, in milliseconds; Meta waits longer. */
const repeatMs = 250

/**
 * Sends and webhooks at a steady rate, as promised callers make them: what is not answered with success is repeated,
 * sends with the same `Idempotency-Key`, webhooks byte for byte.
 */
export function startLoad(options: LoadOptions): Load {
  const acknowledged: Acknowledged = { sends: new Map(), webhooks: new Set(), intended: 0 }
  const open = new Set<Promise<void>>()
  let isStopping = false
  let deadline = Number.POSITIVE_INFINITY

  async function persist(attempt: () => Promise<boolean>): Promise<void> {
    while (performance.now() < deadline) {
      // A refused connection is an answer like any other: repeat.
      if (await attempt().catch(() => false)) return
      await sleep(repeatMs)
    }
  }

  async function send(index: number): Promise<void> {
    const key = `${options.name}-${index}`
    await options.journal.write({ intended: key })
    acknowledged.intended++
    await persist(async () => {
      const { status, body } = await options.client.post('/v1/messages', messageOf(index), { 'idempotency-key': key })
      if (status !== 202) return false
      const { id } = body as { id: string }
      await options.journal.write({ acknowledged: key, id })
      acknowledged.sends.set(key, id)
      return true
    })
  }

  async function webhook(index: number): Promise<void> {
    const wamid = `wamid.${options.name}.${index}`
    await persist(async () => {
      const { status } = await options.client.webhook(inboundBody(options.numberId, wamid, index))
      if (status !== 200) return false
      await options.journal.write({ acknowledged: wamid })
      acknowledged.webhooks.add(wamid)
      return true
    })
  }

  async function pour(rate: number, one: (index: number) => Promise<void>): Promise<void> {
    const began = performance.now()
    let skipped = 0
    for (let index = 0; !isStopping; ) {
      const due = Math.floor(((performance.now() - began) / 1000) * rate) - skipped
      // A caller of ours has so many requests open at most: what cannot be taken is not piled up.
      while (index < due && open.size < 400) {
        const work = one(index++).finally(() => open.delete(work))
        open.add(work)
      }
      skipped += Math.max(0, due - index)
      await sleep(10)
    }
  }

  const pouring = Promise.all([pour(options.sendsPerS, send), pour(options.webhooksPerS, webhook)])
  return {
    acknowledged,
    async stop(patienceMs) {
      isStopping = true
      deadline = performance.now() + patienceMs
      await pouring
      await Promise.all(open)
    },
    async repeat(times) {
      const others: string[] = []
      for (const [key, id] of [...acknowledged.sends].slice(-times)) {
        const message = messageOf(Number(key.slice(key.lastIndexOf('-') + 1)))
        const { body } = await options.client.post('/v1/messages', message, { 'idempotency-key': key })
        if ((body as { id?: string }).id !== id) others.push(key)
      }
      return others
    }
  }
}

function messageOf(index: number): object {
  return { to: `+1650${5_000_000 + (index % 4_000_000)}`, type: 'text', text: { body: `Number ${index}` } }
}

function inboundBody(numberId: string, wamid: string, index: number): object {
  const waId = `1917${5_000_000 + (index % 500)}`
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550001111', phone_number_id: numberId },
    contacts: [{ profile: { name: 'Ada' }, wa_id: waId }],
    messages: [{ from: waId, id: wamid, timestamp: '1795363200', type: 'text', text: { body: 'Where is it?' } }]
  }
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }]
  }
}
