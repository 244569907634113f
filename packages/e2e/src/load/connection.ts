import { connect } from 'node:net'

/** One keep-alive connection that sends a request when the last one has been answered. */
export type Connection = { exchange(request: Buffer): Promise<number>; close(): void }

const headersEnd = Buffer.from('\r\n\r\n')

/**
 * Opens a connection for prepared requests. It reads no more of an answer than its status and its length, so that a
 * measurement on two cores is of the server and not of its client. `exchange` resolves with the HTTP status, and
 * rejects when the connection is lost before the answer is complete.
 */
export function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let buffered: Buffer = Buffer.alloc(0)
  let waiting: { resolve(status: number): void; reject(error: Error): void } | undefined

  function fail(error: Error): void {
    waiting?.reject(error)
    waiting = undefined
  }

  socket.on('data', (chunk: Buffer) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk])
    const end = buffered.indexOf(headersEnd)
    if (end === -1) return
    const head = buffered.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (buffered.length < end + 4 + length) return
    buffered = buffered.subarray(end + 4 + length)
    const answered = waiting
    waiting = undefined
    answered?.resolve(Number(head.slice(9, 12)))
  })
  socket.on('close', () => fail(new Error('the connection was closed')))

  const connection: Connection = {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection is closed'))
        waiting = { resolve, reject }
        socket.write(request)
      }),
    close: () => void socket.destroy()
  }
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      fail(error)
      reject(error)
    })
    socket.once('connect', () => resolve(connection))
  })
}
