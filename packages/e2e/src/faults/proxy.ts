import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext } from '@wag/testkit'

/** What a proxy does to what passes: everything is let through, delayed, swallowed, cut, or refused. */
export type Weather =
  | { kind: 'clear' }
  /** Each piece comes so much later, both ways, in milliseconds. */
  | { kind: 'slow'; delayMs: number }
  /** Connections stand and nothing passes: a hung server, a half-open link. */
  | { kind: 'silent' }
  /** What the server answers is swallowed; what is asked of it arrives. */
  | { kind: 'deaf' }
  /** Nobody listens. */
  | { kind: 'refusing' }

export type TcpProxy = {
  port: number
  /** The same url through the proxy. */
  through(url: string): string
  set(weather: Weather): void
  /** Cuts every connection that stands, with a reset. */
  cut(): void
}

/** A TCP proxy in front of a store; closed after the test. */
export async function startProxy(t: TestContext, targetPort: number): Promise<TcpProxy> {
  let weather: Weather = { kind: 'clear' }
  const pairs = new Set<[Socket, Socket]>()

  const server = createServer({ pauseOnConnect: false, noDelay: true }, (inner) => {
    const outer = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    const pair: [Socket, Socket] = [inner, outer]
    pairs.add(pair)
    pass(inner, outer, () => weather, 'asked')
    pass(outer, inner, () => weather, 'answered')
    for (const [socket, other] of [pair, [outer, inner] as const]) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  function cut(): void {
    for (const [inner, outer] of pairs) {
      inner.resetAndDestroy()
      outer.destroy()
    }
  }

  t.teardown(async () => {
    cut()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  })
  return {
    port,
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    set(next) {
      // Not accepted and cut: what is written to a connection that stands may have arrived.
      if (next.kind === 'refusing' && server.listening) {
        server.close()
        cut()
      } else if (next.kind !== 'refusing' && !server.listening) server.listen(port, '127.0.0.1')
      weather = next
    },
    cut
  }
}

function pass(from: Socket, to: Socket, weather: () => Weather, way: 'asked' | 'answered'): void {
  from.on('data', (chunk) => {
    const now = weather()
    if (now.kind === 'silent' || (now.kind === 'deaf' && way === 'answered')) return
    if (now.kind !== 'slow') return void to.write(chunk)
    setTimeout(() => to.writable && to.write(chunk), now.delayMs)
  })
}
