import { draw, drawUnit, scramble, streams } from './seed.ts'

export type Ids = ReturnType<typeof createIds>

/** Makes every id the simulator gives out. Same seed, same sequence of calls: the same ids. */
export function createIds(seed: number) {
  let current = seed
  const counters = { sent: 0, received: 0, media: 0, trace: 0, jitter: 0 }

  // 18 hexadecimal digits; the first eight are a bijection of the counter, so no two are alike.
  function serial(stream: number, n: number): string {
    const unique = scramble(n ^ draw(current, stream, 0))
    const first = draw(current, stream, 2 * n + 1)
    const second = draw(current, stream, 2 * n + 2)
    return hex(unique, 8) + hex(first, 8) + hex(second >>> 24, 2)
  }

  return {
    /** Starts every counter anew under another seed. */
    reseed(next: number): void {
      current = next
      for (const name of Object.keys(counters) as (keyof typeof counters)[]) counters[name] = 0
    },
    seed: () => current,
    /** Of a message to a phone, a user or a group, by its id. */
    sentWamid: (recipient: string) =>
      wamid(recipient.slice(0, wamidNameMax), '\x11', serial(streams.sent, counters.sent++)),
    receivedWamid: (waId: string) => wamid(waId, '\x12', `3A${serial(streams.received, counters.received++)}`),
    /** Sixteen digits, as Meta's media ids have. */
    mediaId(): string {
      const n = counters.media++
      const unique = scramble(n ^ draw(current, streams.media, 0))
      return `1${String(unique).padStart(10, '0')}${String(draw(current, streams.media, n + 1) % 100_000).padStart(5, '0')}`
    },
    traceId(): string {
      const n = counters.trace++
      const bytes = Buffer.allocUnsafe(16)
      for (let word = 0; word < 4; word++) bytes.writeUInt32BE(draw(current, streams.trace, 4 * n + word), 4 * word)
      return `A${bytes.toString('base64url')}`
    },
    /** A factor from 0.9 to 1.1 for the delays of one message. */
    jitter: () => 0.9 + 0.2 * drawUnit(current, streams.jitter, counters.jitter++)
  }
}

/** Ids of groups are long, and Meta's ids of messages to them are not. */
const wamidNameMax = 64

// The bytes that real ids are the base64 of: a tag, the phone number with its length, what sort of id, the serial.
function wamid(waId: string, sort: string, serial: string): string {
  const number = String.fromCharCode(waId.length) + waId
  const bytes = `\x1c\x18${number}\x15\x02\x00${sort}\x18${String.fromCharCode(serial.length)}${serial}\x00`
  return `wamid.${Buffer.from(bytes, 'latin1').toString('base64')}`
}

function hex(value: number, length: number): string {
  return value.toString(16).toUpperCase().padStart(length, '0')
}

/** The business-scoped user id of a phone, which never changes. */
export function userIdOf(waId: string): string {
  const tail = waId.slice(-9)
  return `US.1${String(scramble(Number(tail))).padStart(10, '0')}${tail.padStart(9, '0')}`
}
