import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
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
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, TAP_TIMEOUT: '230' }
      })
      const failed: string[] = []
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (/^ *not ok/.test(line)) failed.push(line.trim())
      })
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`${file} ended with ${code}: ${failed[0] ?? ''}`)
    }
  }
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
  )
]
