import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Arena } from './arena.ts'
import { type Fault } from './fault.ts'

/** Faults of the stand-in for so long; the answers that are lost meanwhile may leave as many messages `unknown`. */
export async function disturb({ system }: Arena, faults: object[], ms: number): Promise<void> {
  for (const fault of faults) await system.client.control('faults', { times: null, ...fault })
  await sleep(ms)
  await calm(system)
}

async function calm(system: Arena['system']): Promise<void> {
  await fetch(`http://127.0.0.1:${system.env.SIMULATOR_PORT}/control/faults`, { method: 'DELETE' })
}

/** Whatever is lost before Meta took it stays unknown: nobody can know. Counted where it is lost. */
async function allowLost(arena: Arena, work: () => Promise<void>): Promise<void> {
  const before = await hits(arena)
  await work()
  arena.ambiguity.allowed += (await hits(arena)) - before
}

async function hits({ system }: Arena): Promise<number> {
  const { cut } = (await system.client.control('stats')) as { cut: number }
  return cut
}

/** What befalls the way to Meta. */
export const metaFaults: Fault[] = [
  {
    id: 'F24',
    title: 'Meta cannot be reached',
    expected: 'put back and sent once when it can',
    async strike(arena) {
      // What was on the wire when the connections broke is ambiguous.
      const [row] = await arena.sql.query<{ many: number }>(
        "select count(*)::int as many from messages where state = 'sending'"
      )
      arena.ambiguity.allowed += (row?.many ?? 0) + 20
      arena.proxies.graph.set({ kind: 'refusing' })
      await sleep(5_000)
      arena.proxies.graph.set({ kind: 'clear' })
    }
  },
  {
    id: 'F25',
    title: 'answers are lost, connections reset before and after Meta took the message',
    expected: 'unknown and never repeated; settled by the status where Meta took it',
    strike: (arena) =>
      allowLost(arena, () =>
        disturb(
          arena,
          [
            { kind: 'accept_then_drop', probability: 0.1 },
            { kind: 'drop', probability: 0.05 },
            { kind: 'hang', ms: 4_000, accept: true, probability: 0.02 }
          ],
          6_000
        )
      )
  },
  {
    id: 'F26',
    title: 'throttles, 5xx with and without a body, HTML',
    expected: 'throttled sends wait, ambiguous ones become unknown',
    async strike(arena) {
      const faults = [
        { kind: 'error', code: 130429, probability: 0.1 },
        { kind: 'error', code: 131056, probability: 0.02 },
        { kind: 'http', status: 503, body: '<html>busy</html>', content_type: 'text/html', probability: 0.02 },
        { kind: 'http', status: 500, body: '', probability: 0.02 }
      ]
      await countUnknown(arena, () => disturb(arena, faults, 6_000))
    }
  },
  {
    id: 'F27',
    title: '200 without sense, and a redirect to elsewhere',
    expected: 'ambiguous, and the body goes nowhere else',
    async strike(arena) {
      let followed = 0
      const elsewhere = createServer((_request, response) => {
        followed++
        response.end('{}')
      })
      elsewhere.listen(0, '127.0.0.1')
      await once(elsewhere, 'listening')
      const { port } = elsewhere.address() as AddressInfo
      const faults = [
        { kind: 'http', status: 200, body: '<html></html>', content_type: 'text/html', probability: 0.05 },
        { kind: 'http', status: 200, body: '{}', probability: 0.05 },
        { kind: 'http', status: 307, location: `http://127.0.0.1:${port}/`, probability: 0.05 }
      ]
      await countUnknown(arena, () => disturb(arena, faults, 5_000)).finally(() => elsewhere.close())
      if (followed > 0) throw new Error(`${followed} redirects were followed`)
    }
  },
  {
    id: 'F28',
    title: 'Meta takes two seconds for every answer',
    expected: 'the backlog drains afterwards',
    strike: (arena) => disturb(arena, [{ kind: 'latency', ms: 2_000 }], 8_000)
  },
  {
    id: 'F29',
    title: 'the token is refused',
    expected: 'one message fails, the number is paused and says why; resumed, the rest goes out',
    async strike(arena) {
      const { client, env } = arena.system
      await client.control('faults', { kind: 'error', code: 190, times: 1 })
      await sleep(3_000)
      const path = `/v1/phone-numbers/${env.WHATSAPP_FROM_PHONE_NUMBER_ID}`
      const { text, body } = await client.get(path)
      const resumed = await client.post(`${path}/resume`, {})
      if ((body as { status?: string }).status !== 'paused') throw new Error(`the number is not paused: ${text}`)
      if (resumed.status >= 300) throw new Error(`it was not resumed: ${resumed.text}`)
    }
  }
]

/** Counts the messages that become unknown meanwhile as allowed: the stand-in does not say which answers made no sense. */
async function countUnknown(arena: Arena, work: () => Promise<void>): Promise<void> {
  const count = async (): Promise<number> => {
    const faults = (await arena.system.client.control('faults')) as { faults: { kind: string; hits: number }[] }
    return faults.faults.filter(({ kind }) => kind === 'http').reduce((sum, { hits: times }) => sum + times, 0)
  }
  let most = 0
  const watching = setInterval(
    () =>
      void count().then(
        (now) => {
          most = Math.max(most, now)
        },
        () => undefined
      ),
    200
  )
  try {
    await work()
  } finally {
    clearInterval(watching)
  }
  // What the last fifth of a second brought is not in it.
  arena.ambiguity.allowed += Math.ceil(most * 1.2) + 5
}
