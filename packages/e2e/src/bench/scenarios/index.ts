import { type TestContext } from '@wag/testkit'
import { type Figure } from '../figures.ts'
import { accept, acceptBatch } from './accept.ts'
import { connections } from './connections.ts'
import { fanout } from './fanout.ts'
import { ingest } from './ingest.ts'
import { loop } from './loop.ts'
import { type ScenarioOptions } from './options.ts'
import { pace } from './pace.ts'
import { ingestPair, sendPair } from './pairs.ts'
import { reads2m } from './reads.ts'
import { send } from './send.ts'

export type Scenario = (t: TestContext, options: ScenarioOptions) => Promise<Figure[]>

/** Every scenario by the name that `--only` takes. */
export const scenarios: Record<string, Scenario> = {
  accept,
  'accept-batch': acceptBatch,
  send,
  'pace-80': (t, options) => pace(t, 80, options),
  'pace-1000': (t, options) => pace(t, 1_000, options),
  'ingest-1': (t, options) => ingest(t, 1, options),
  'ingest-10': (t, options) => ingest(t, 10, options),
  'ingest-100': (t, options) => ingest(t, 100, options),
  'send-two': (_t, options) => sendPair(options),
  'ingest-two': (_t, options) => ingestPair(options),
  loop,
  fanout,
  connections,
  reads: reads2m
}
