import { type Fault } from './fault.ts'
import { callerFaults } from './rows-http.ts'
import { metaFaults } from './rows-meta.ts'
import { processFaults } from './rows-processes.ts'
import { storeFaults } from './rows-stores.ts'
import { testedFaults } from './rows-tests.ts'

/** Every row, by number. */
export const matrix: Fault[] = [...processFaults, ...storeFaults, ...metaFaults, ...callerFaults, ...testedFaults].sort(
  (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))
)
