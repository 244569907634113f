import { once } from 'node:events'
import { connect } from 'node:net'

const script = `
local removed, cursor = 0, '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do removed = removed + redis.call('UNLINK', key) end
until cursor == '0'
return removed`

/**
 * Removes every key that holds the prefix (also inside a hash tag). Spoken by hand: the Redis client is @wag/bus's
 * alone, which is tested with this package.
 */
export async function removeKeys(url: string, prefix: string): Promise<void> {
  const { hostname, port, password } = new URL(url)
  const socket = connect(Number(port), hostname)
  const commands = [['EVAL', script, '0', `*${prefix}*`], ['QUIT']]
  if (password !== '') commands.unshift(['AUTH', decodeURIComponent(password)])
  socket.end(commands.map(encode).join(''))
  let reply = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    reply += chunk
  })
  await once(socket, 'close')
  const refusal = reply.split('\r\n').find((line) => line.startsWith('-'))
  if (refusal !== undefined) throw new Error(`Redis refused to remove the keys of ${prefix}: ${refusal}`)
}

function encode(command: string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`
}
