import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Fault } from './fault.ts'

const root = new URL('../../../../', import.meta.url).pathname

/** A row whose fault needs a stage of its own: the harness runs the test that has it, while the load goes on. */
function tested(id: string, title: string, expected: string, file: string): Fault {
  return {
    id,
    title,
    expected,
    async strike() {
      const child = spawn(process.execPath, [root + file], {
        stdio: 'ignore',
        env: { ...process.env, TAP_TIMEOUT: '200' }
      })
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`${file} ended with ${code}`)
    }
  }
}

/** A row that this machine cannot bring about. */
function absent(id: string, title: string, expected: string, reason: string): Fault {
  return { id, title, expected, strike: async () => undefined, skip: async () => reason }
}

export const testedFaults: Fault[] = [
  tested(
    'F34',
    'the handler throws for one event',
    'its neighbours are applied, it is quarantined',
    'services/ingest/test/quarantine.test.ts'
  ),
  tested('F43', 'a subscriber reads slowly', 'cut at its cap, and resumes', 'services/realtime/test/slow.test.ts'),
  tested(
    'F46',
    'the log is read while an earlier transaction is open',
    'no event is skipped',
    'services/realtime/test/http-log.test.ts'
  ),
  absent(
    'F15',
    'fsync of Redis takes three seconds',
    'nothing is lost',
    'needs strace: Redis holds nothing that could be lost (F8)'
  ),
  absent('F22', 'fsync of PostgreSQL fails', 'it panics and recovers, as F16', 'needs strace'),
  absent('F38', 'clocks jump', 'times are the database’s', 'needs libfaketime'),
  absent('F48', 'packets are lost', 'nothing is lost', 'needs a network namespace of its own')
]
