// A process of many lean Socket.IO clients, told what to do over IPC. Lean, so that a measurement on two cores is of the
// server: the packets are read by their first bytes, and only one delivery in a hundred is parsed.
import WebSocket from 'ws'

type Command =
  | { kind: 'connect'; url: string; token: string; count: number; rooms: unknown[]; atOnce: number }
  | { kind: 'report' }

const sampleEvery = 100
let delivered = 0
let closed = 0
let latencies: number[] = []

function open(url: string, token: string, room: unknown): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false
  })
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => closed++)
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1', 0, 12)
      if (text === '2') socket.send('3')
      else if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token })}`)
      else if (text.startsWith('40')) {
        if (room === null) resolve()
        else socket.send(`420${JSON.stringify(['subscribe', room])}`)
      } else if (text.startsWith('43')) resolve()
      else if (text.startsWith('44')) reject(new Error(data.toString()))
      else if (text.startsWith('42["event"')) take(data)
    })
  })
}

function take(data: Buffer): void {
  delivered++
  if (delivered % sampleEvery !== 0) return
  const at = /"at":"([^"]+)"/.exec(data.toString('latin1'))?.[1]
  if (at) latencies.push(Date.now() - Date.parse(at))
}

process.on('message', async (command: Command) => {
  if (command.kind === 'report') {
    process.send?.({ delivered, closed, latencies })
    latencies = []
    return
  }
  const { url, token, count, rooms, atOnce } = command
  for (let index = 0; index < count; index += atOnce) {
    const wave = Array.from({ length: Math.min(atOnce, count - index) }, (_, place) =>
      open(url, token, rooms[(index + place) % rooms.length] ?? null)
    )
    await Promise.all(wave)
  }
  process.send?.({ delivered, closed, latencies: [] })
})
