import { type TestContext } from '@wag/testkit'
import { type Figure } from '../figures.ts'
import { measureMemory, openBench } from '../realtime.ts'
import { scoped } from '../scoped.ts'

const count = 5_000

/** What an idle subscriber costs in memory; the figures are bytes, and less is better. */
export async function connections(t: TestContext): Promise<Figure[]> {
  const { targets } = await openBench(t)
  const bytes: number[] = []
  for (const target of targets) bytes.push(await scoped((inner) => measureMemory(inner, target, count)))
  const [limitRate = 0, rate = 0] = bytes
  return [
    {
      name: 'connections',
      rate,
      p50Ms: 0,
      p99Ms: 0,
      limit: 'Socket.IO alone; here rates are bytes per idle connection',
      limitRate,
      ratio: rate / limitRate,
      controlRate: null
    }
  ]
}
