// The leanest stand-in for Meta: takes every send, answers after a while, and remembers when each arrived. It does not read
// what is sent, so its answers name no recipient. Told what to do over IPC.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'

type Command = { kind: 'settings'; latencyMs: number } | { kind: 'arrivals' } | { kind: 'count' } | { kind: 'stall' }

let latencyMs = 0
let count = 0
/** Milliseconds of each arrival, by phone number; to the microsecond. */
const arrivals = new Map<string, number[]>()
/** What arrives while this process does not get to run is seen together afterwards. */
const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()

const server = createServer((request, response) => {
  const at = performance.timeOrigin + performance.now()
  const number = request.url?.split('/')[2] ?? ''
  request.resume()
  request.on('end', () => {
    count++
    const list = arrivals.get(number)
    if (list) list.push(at)
    else arrivals.set(number, [at])
    const answer = (): void => {
      const body = `{"messaging_product":"whatsapp","messages":[{"id":"wamid.B${process.pid}.${count}"}]}`
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      response.end(body)
    }
    if (latencyMs > 0) setTimeout(answer, latencyMs)
    else answer()
  })
})
server.keepAliveTimeout = 60_000

process.on('message', (command: Command) => {
  if (command.kind === 'settings') {
    latencyMs = command.latencyMs
    process.send?.(true)
  } else if (command.kind === 'count') process.send?.(count)
  else if (command.kind === 'stall') process.send?.(delays.max / 1e6)
  else process.send?.([...arrivals])
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
