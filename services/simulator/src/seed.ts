/** What random numbers are drawn for. Each has a stream of its own, so that one does not shift another. */
export const streams = { sent: 1, received: 2, media: 3, trace: 4, jitter: 5, fault: 6 } as const

/** A bijection of the 32-bit integers that leaves no trace of their order (the finaliser of MurmurHash3). */
export function scramble(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A number of 32 bits for a text. */
export function hash(text: string): number {
  let value = 0
  for (let at = 0; at < text.length; at++) value = scramble(value ^ text.charCodeAt(at))
  return value
}

/** The nth number of a stream, from 0 to 2^32 - 1: the same for the same seed whatever else was drawn. */
export function draw(seed: number, stream: number, n: number): number {
  return scramble(scramble(scramble(seed) ^ Math.imul(stream, 0x9e3779b1)) ^ n)
}

/** The nth number of a stream, from 0 up to but not 1. */
export function drawUnit(seed: number, stream: number, n: number): number {
  return draw(seed, stream, n) / 0x1_0000_0000
}
