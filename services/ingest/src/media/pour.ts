import { createHash } from 'node:crypto'
import { type MediaSink } from '@wag/media'

/** A slower source is given up: fewer bytes than this in each span of this many milliseconds. */
const slowSpanMs = 20_000
const slowBytes = 20 * 1024

/** What ran from the source into the sink: all of it, or more than is allowed. */
export type Poured = { kind: 'whole'; hash: Buffer; bytes: number } | { kind: 'too_large' }

/**
 * Pours a source into a sink, a piece at a time, so that no more than a few pieces are ever in memory. Throws what the
 * source or the sink throws; `giveUp` is called when the source is too slow, and has to end it.
 */
export async function pour(
  source: AsyncIterable<Buffer>,
  sink: MediaSink,
  bytesMax: number,
  giveUp: () => void
): Promise<Poured> {
  const hash = createHash('sha256')
  let bytes = 0
  let before = 0
  const watch = setInterval(() => {
    if (bytes - before < slowBytes) giveUp()
    before = bytes
  }, slowSpanMs)
  try {
    for await (const piece of source) {
      bytes += piece.length
      if (bytes > bytesMax) return { kind: 'too_large' }
      hash.update(piece)
      await sink.write(piece)
    }
  } finally {
    clearInterval(watch)
  }
  return { kind: 'whole', hash: hash.digest(), bytes }
}
