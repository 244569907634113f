import { Counter, Histogram, type Registry } from 'prom-client'

export type MediaMetrics = ReturnType<typeof createMediaMetrics>

const secondsBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

/** What operators watch of the media that customers send. */
export function createMediaMetrics(registry: Registry) {
  const registers = [registry]
  return {
    outcomes: new Counter({
      name: 'wag_media_downloads_total',
      help: 'Downloads by outcome: stored, again, failed, gone, refused.',
      labelNames: ['outcome'],
      registers
    }),
    bytes: new Counter({ name: 'wag_media_bytes_total', help: 'Bytes of media that were stored.', registers }),
    seconds: new Histogram({
      name: 'wag_media_download_seconds',
      help: 'Time of one download, whatever came of it.',
      buckets: secondsBuckets,
      registers
    })
  }
}
