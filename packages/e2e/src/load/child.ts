// A process that loads a server, told what to do over IPC: closed loop (each connection sends when its last request is
// answered) or, with a rate, open loop (requests leave at their time whatever the server does).
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, openConnection } from './connection.ts'
import { type LoadPlan, type LoadReport } from './plan.ts'
import { prepare } from './requests.ts'

const latencies: number[] = []
const statuses: Record<string, number> = {}
let lost = 0

async function exchange(connection: Connection, request: Buffer): Promise<void> {
  const began = performance.now()
  try {
    const status = await connection.exchange(request)
    latencies.push(performance.now() - began)
    statuses[status] = (statuses[status] ?? 0) + 1
  } catch {
    lost++
  }
}

async function closedLoop(connections: Connection[], requests: Buffer[], untilMs: number): Promise<void> {
  let next = 0
  const lane = async (connection: Connection): Promise<void> => {
    while (next < requests.length && performance.now() < untilMs) {
      const request = requests[next++]
      if (request) await exchange(connection, request)
    }
  }
  await Promise.all(connections.map(lane))
}

async function openLoop(connections: Connection[], requests: Buffer[], rate: number): Promise<void> {
  const idle = [...connections]
  const pending: Promise<void>[] = []
  const began = performance.now()
  for (let next = 0; next < requests.length; ) {
    const due = Math.min(requests.length, Math.floor(((performance.now() - began) / 1000) * rate))
    while (next < due && idle.length > 0) {
      const connection = idle.pop()
      const request = requests[next++]
      if (connection && request) pending.push(exchange(connection, request).then(() => void idle.push(connection)))
    }
    await sleep(1)
  }
  await Promise.all(pending)
}

async function run({
  port,
  connections: count,
  source,
  requests: total,
  seconds,
  rate
}: LoadPlan): Promise<LoadReport> {
  const requests = prepare(source, 0, total)
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(port)))
  const began = performance.now()
  if (rate === undefined) await closedLoop(connections, requests, began + seconds * 1000)
  else await openLoop(connections, requests, rate)
  const tookMs = performance.now() - began
  for (const connection of connections) connection.close()
  const sorted = latencies.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { answered: sorted.length, lost, statuses, tookMs, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

process.once('message', (plan: LoadPlan) => {
  run(plan).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: String(error) })
  )
})
