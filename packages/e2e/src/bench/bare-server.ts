// What realtime is held against: Socket.IO alone, with the same options, rooms joined as asked and events emitted in a
// loop from memory. Told what to do over IPC.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

type Command = { kind: 'emit'; rooms: string[]; body: string }

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
let seq = 0

io.on('connection', (socket) => {
  socket.on('subscribe', (room: unknown, ack: (answer: unknown) => void) => {
    void socket.join(JSON.stringify(room))
    ack({ ok: true, seq })
  })
})

process.on('message', ({ rooms, body }: Command) => {
  for (const room of rooms) {
    const data = { contactId: 1, phoneNumberId: '901', body }
    io.local.to(room).emit('event', { seq: ++seq, type: 'message.received', at: new Date().toISOString(), data })
  }
})

http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
