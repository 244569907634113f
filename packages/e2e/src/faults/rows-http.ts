import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@wag/testkit'
import { type Fault } from './fault.ts'

/** What callers and listeners do to us. */
export const callerFaults: Fault[] = [
  {
    id: 'F41',
    title: '300 connections that say nothing, half a header, half a body',
    expected: 'closed by their time; others are served',
    async strike({ system }) {
      const beginnings = [
        '',
        'POST /v1/messages HTTP/1.1\r\nhost: x\r\n',
        'POST /whatsapp-webhook/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{'
      ]
      const port = Number(system.env.GATEWAY_PORT)
      const sockets = Array.from({ length: 300 }, (_, index) => open(port, beginnings[index % 3] ?? ''))
      // A body has a minute to come, of which nobody waits for the end here.
      const mute = sockets.filter((_, index) => index % 3 < 2)
      try {
        await sleep(3_000)
        const { status } = await system.client.get('/health/live')
        if (status !== 200) throw new Error(`the gateway answered ${status}`)
        await eventually(
          () => {
            const left = mute.filter((socket) => !socket.destroyed && !socket.closed).length
            if (left > 0) throw new Error(`${left} of ${mute.length} connections without a request still stand`)
            return true
          },
          { timeoutMs: 20_000, intervalMs: 200 }
        )
      } finally {
        for (const socket of sockets) socket.destroy()
      }
    }
  },
  {
    id: 'F42',
    title: 'ten times the load for five seconds',
    expected: 'taken or refused at once, nothing lost',
    async strike({ system }) {
      const until = performance.now() + 5_000
      let slowestMs = 0
      const statuses = new Set<number>()
      const lane = async (name: number): Promise<void> => {
        for (let index = 0; performance.now() < until; index++) {
          const began = performance.now()
          const { status } = await system.client.post('/v1/messages', {
            to: `+1650${6_000_000 + name * 10_000 + index}`,
            type: 'text',
            text: { body: 'flood' },
            priority: 'bulk'
          })
          statuses.add(status)
          slowestMs = Math.max(slowestMs, performance.now() - began)
        }
      }
      await Promise.all(Array.from({ length: 60 }, (_, name) => lane(name)))
      const odd = [...statuses].filter((status) => ![202, 429, 503].includes(status))
      if (odd.length > 0) throw new Error(`sends were answered with ${odd.join(', ')}`)
      if (slowestMs > 3_000) throw new Error(`an answer took ${Math.round(slowestMs)} ms`)
    }
  },
  {
    id: 'F44',
    title: '300 raw sockets on realtime that never become clients',
    expected: 'gone by their time',
    async strike({ system }) {
      const port = Number(system.env.REALTIME_PORT)
      const sockets = Array.from({ length: 300 }, () => open(port, ''))
      await sleep(8_000)
      const left = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded && !socket.closed).length
      for (const socket of sockets) socket.destroy()
      if (left > 0) throw new Error(`${left} of them still stand`)
    }
  }
]

function open(port: number, beginning: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.destroy())
  socket.resume()
  socket.write(beginning)
  return socket
}
