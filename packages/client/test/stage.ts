import { buildApp } from '@wag/realtime'
import { freePort, type TestContext } from '@wag/testkit'
import { createStage, type Stage } from '../../../services/realtime/test/stage.ts'
import { type Connection, type ConnectOptions, connect, type RealtimeError, type Timing } from '../src/index.ts'

export { createStage, type Stage }

/** Everything within a test's patience. */
export const timing: Partial<Timing> = { retryMs: 50, retryMsMax: 400, refusedMs: 100 }

/** A realtime node that can be closed and started again at its address; it is running unless told otherwise. */
export async function createNode(t: TestContext, { config }: Stage, { isStarted = true } = {}) {
  const port = await freePort()
  let app: Awaited<ReturnType<typeof buildApp>> | undefined
  const stop = async (): Promise<void> => {
    await app?.close()
    app = undefined
  }
  const start = async (): Promise<void> => {
    app = await buildApp(config)
    await app.listen({ host: '127.0.0.1', port })
  }
  t.teardown(stop)
  if (isStarted) await start()
  return { url: `http://127.0.0.1:${port}`, start, stop }
}

export type Follower = Connection & { seqs: number[]; errors: RealtimeError[] }

/** A client that notes every seq and error, of all its tenant unless told otherwise. */
export function follow(
  t: TestContext,
  options: Partial<ConnectOptions> & Pick<ConnectOptions, 'url' | 'token'>
): Follower {
  const seqs: number[] = []
  const errors: RealtimeError[] = []
  const connection = connect({
    subscriptions: [{ tenant: true }],
    timing,
    onError: (error) => errors.push(error),
    ...options,
    onEvent(event) {
      seqs.push(event.seq)
      return options.onEvent?.(event)
    }
  })
  t.teardown(async () => {
    connection.close()
    await connection.closed
  })
  return Object.defineProperties(connection, {
    seqs: { value: seqs },
    errors: { value: errors }
  }) as Follower
}

/** The numbers from `from` to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
