import { get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from './failure.ts'
import { type Kept } from './keep-running.ts'
import { say } from './say.ts'

const timeoutMs = 60_000
const requestTimeoutMs = 2_000
const intervalMs = 50
const deathsMax = 3

/** Resolves when the service answers that it is ready; throws a Failure when it keeps dying or takes too long. */
export async function waitUntilReady(kept: Kept, url: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await isReady(`${url}/health/ready`))) {
    if (kept.deaths() >= deathsMax) throw new Failure(`The ${kept.name} cannot start: its lines above say why.`)
    if (performance.now() > deadline) {
      throw new Failure(`The ${kept.name} was not ready within ${timeoutMs / 1_000} s: its lines above say why.`)
    }
    await wait(intervalMs, undefined, { signal })
  }
  say(`${kept.name} is ready`)
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: requestTimeoutMs }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    // Not listening yet, or not answering: asked again.
    request.on('error', () => resolve(false))
    request.on('timeout', () => request.destroy())
  })
}
