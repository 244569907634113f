import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '../client.ts'
import { type ServiceName } from '../system.ts'
import { allowInFlight } from './arena.ts'
import { type Fault } from './fault.ts'

const dayMs = 86_400_000
const preload = new URL('shifted-clock.ts', import.meta.url).pathname
const names: ServiceName[] = ['gateway', 'sender', 'ingest']

/** What befalls clocks. */
export const clockFaults: Fault[] = [
  {
    id: 'F38',
    title: 'further nodes run whose clocks jump seven days ahead, then some whose clocks jump back',
    expected: 'nothing is sent early, late or never: times are the database’s',
    async strike(arena) {
      const { system, sql } = arena
      const later = { to: '+16505550123', type: 'text', text: { body: 'tomorrow' } }
      const scheduled = await system.client.post('/v1/messages', {
        ...later,
        send_at: new Date(Date.now() + dayMs).toISOString(),
        expires_at: new Date(Date.now() + 2 * dayMs).toISOString()
      })
      const { id } = scheduled.body as { id: string }
      for (const days of [7, -7]) {
        const env = { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_MS: String(days * dayMs) }
        const nodes = await Promise.all(names.map((name) => system.addNode(name, env)))
        const port = new URL(nodes[0]?.url ?? '').port
        const client = createClient({ ...system.env, GATEWAY_PORT: port })
        for (let index = 0; index < 20; index++) {
          const { status, text } = await client.post('/v1/messages', {
            to: `+1650556${1_000 + index}`,
            type: 'text',
            text: { body: 'from another time' }
          })
          if (status !== 202) throw new Error(`a gateway ${days} days off answered ${status}: ${text}`)
        }
        await sleep(3_000)
        await allowInFlight(arena)
        await Promise.all(nodes.map(({ process }) => process.kill()))
        await allowInFlight(arena)
      }
      const rows = await sql.query<{ id: string; state: string }>(
        "select id, state from messages where id = $1 or state = 'expired'",
        [id]
      )
      const cancelled = await system.client.delete(`/v1/messages/${id}`)
      if (scheduled.status !== 202 || cancelled.status >= 300)
        throw new Error(`scheduling was answered with ${scheduled.status}, cancelling with ${cancelled.status}`)
      const strays = rows.filter((row) => row.id !== id || row.state !== 'scheduled')
      if (strays.length > 0)
        throw new Error(`${strays.length} messages were sent early or expired: ${strays[0]?.state}`)
    }
  }
]
