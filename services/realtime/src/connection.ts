import { type Socket } from 'socket.io'

export type Connection = Socket['conn']
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
function socketBytes(connection: Connection): number {
  const socket = webSocketOf(connection)
  const bytes = socket && Reflect.get(socket, 'bufferedAmount')
  return typeof bytes === 'number' ? bytes : 0
}

/**
 * Ends a connection without a word. An orderly close waits behind everything the client does not read, and half a minute
 * for its answer.
 */
export function terminate(connection: Connection): void {
  const socket = webSocketOf(connection)
  const end: unknown = socket && Reflect.get(socket, 'terminate')
  if (typeof end === 'function') end.call(socket)
}

function webSocketOf({ transport }: Connection): object | undefined {
  const socket: unknown = Reflect.get(transport, 'socket')
  return typeof socket === 'object' && socket !== null ? socket : undefined
}
