import { type Fault } from './fault.ts'
import { clockFaults } from './rows-clock.ts'
import { diskFaults } from './rows-disk.ts'
import { callerFaults } from './rows-http.ts'
import { metaFaults } from './rows-meta.ts'
import { linkFaults } from './rows-network.ts'
import { processFaults } from './rows-processes.ts'
import { createNemesis } from './rows-random.ts'
import { spoolFaults } from './rows-spool.ts'
import { storeFaults } from './rows-stores.ts'
import { syncFaults } from './rows-sync.ts'
import { testedFaults } from './rows-tests.ts'
import { webhookFaults } from './rows-webhooks.ts'

const single: Fault[] = [
  ...processFaults,
  ...storeFaults,
  ...diskFaults,
  ...syncFaults,
  ...clockFaults,
  ...linkFaults,
  ...spoolFaults,
  ...metaFaults,
  ...webhookFaults,
  ...callerFaults,
  ...testedFaults
]

/** Every row, by number. */
export const matrix: Fault[] = [...single, createNemesis(single)].sort(
  (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))
)
