import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, freePort, type TestContext } from '@wag/testkit'
import { createClient } from '../client.ts'
import { createProcess } from '../process.ts'
import { openArena } from './arena.ts'
import { startLoad } from './load.ts'

/** What the checker found on a gateway that keeps no promise. */
export type ControlReport = { acknowledged: number; lost: number; doubled: number; webhooksLost: number }

/**
 * The same load and some of the same faults on a gateway built the usual way. A harness that finds nothing wrong with it
 * would find nothing anywhere.
 */
export async function runControl(
  t: TestContext,
  options: { seed: number; log: (line: string) => void }
): Promise<ControlReport> {
  const arena = await openArena(t, options)
  const { system, sql, redisClient, journal } = arena
  await Promise.all([system.services.gateway.kill(), system.services.sender.kill(), system.services.ingest.kill()])
  await sql.query('create table naive_webhooks (wamid text)')
  await system.client.control('settings', { recording: 'all', statuses: false })
  const port = await freePort()
  const env: Record<string, string> = { ...system.env, GATEWAY_PORT: String(port) }
  const naive = createProcess({
    name: 'naive',
    path: new URL('broken-gateway.ts', import.meta.url).pathname,
    env,
    healthUrl: `http://127.0.0.1:${port}/health/ready`
  })
  t.teardown(() => naive.kill())
  await naive.start()
  const client = createClient(env)
  const load = startLoad({
    client,
    journal,
    name: 'control',
    sendsPerS: 100,
    webhooksPerS: 100,
    numberId: env.WHATSAPP_FROM_PHONE_NUMBER_ID ?? ''
  })
  await system.client.control('faults', { kind: 'accept_then_drop', probability: 0.05, times: null })
  await system.client.control('settings', { latency_ms: 200 })
  for (let time = 0; time < 4; time++) {
    await sleep(1_000)
    await naive.kill()
    await redisClient.flushall()
    await naive.start()
  }
  await load.stop(10_000)
  await eventually(
    async () => {
      const waiting = await redisClient.keys('naive:*:wait')
      if (waiting.length > 0) throw new Error('jobs wait')
      return true
    },
    { timeoutMs: 30_000, intervalMs: 200 }
  )
  await sleep(2_000)
  const taken = (await system.client.control('messages?limit=10000')) as {
    doubled: unknown[]
    messages: { biz_opaque_callback_data?: string }[]
  }
  const posted = new Set(taken.messages.map((message) => message.biz_opaque_callback_data))
  const stored = new Set(
    (await sql.query<{ wamid: string }>('select wamid from naive_webhooks')).map(({ wamid }) => wamid)
  )
  return {
    acknowledged: load.acknowledged.sends.size,
    lost: [...load.acknowledged.sends.values()].filter((id) => !posted.has(id)).length,
    doubled: taken.doubled.length,
    webhooksLost: [...load.acknowledged.webhooks].filter((wamid) => !stored.has(wamid)).length
  }
}
