import { Counter, Gauge, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** What operators watch of a realtime node. */
export function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    connections: new Gauge({ name: 'wag_realtime_connections', help: 'Sockets connected to this node.', registers }),
    emitted: new Counter({
      name: 'wag_realtime_events_total',
      help: 'Events of the log that this node handed to its rooms.',
      registers
    })
  }
}
