import { type ClientSocket } from './server.ts'

type Connection = ClientSocket['conn']
type Packet = { data?: unknown }

/** Bytes that wait in this process to be sent to a client: in Engine.IO's queue and in the socket's. */
export function bufferedBytes(connection: Connection): number {
  let bytes = socketBytes(connection)
  for (const packet of queueOf(connection)) bytes += typeof packet.data === 'string' ? packet.data.length : 64
  return bytes
}

/** Whether everything sent so far has been taken by the network. */
export function isDrained(connection: Connection): boolean {
  return queueOf(connection).length === 0 && connection.transport.writable && socketBytes(connection) === 0
}

/** Engine.IO's queue, which it documents for exactly this but types as private. */
function queueOf(connection: Connection): Packet[] {
  const queue: unknown = Reflect.get(connection, 'writeBuffer')
  return Array.isArray(queue) ? queue : []
}

/** What the WebSocket holds; 0 for polling, which holds nothing of its own. */
function socketBytes({ transport }: Connection): number {
  const socket: unknown = 'socket' in transport ? transport.socket : undefined
  const isWebSocket = typeof socket === 'object' && socket !== null && 'bufferedAmount' in socket
  return isWebSocket && typeof socket.bufferedAmount === 'number' ? socket.bufferedAmount : 0
}
