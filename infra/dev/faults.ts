// npm run faults: every row of the fault matrix against the real processes, then random ones until the time is up; and a
// gateway that keeps no promise, on which the same checker has to bite. Exits with 1 when a promise was broken.
import { parseArgs } from 'node:util'
import { type FaultReport, matrix, recoveryMaxMs, runControl, runFaults, scoped } from '@wag/e2e'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '0' },
    only: { type: 'string', multiple: true, default: [] },
    'no-control': { type: 'boolean', default: false }
  }
})
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed)
const wanted = values.only.flatMap((ids) => ids.toUpperCase().split(','))
const unknown = wanted.filter((id) => !matrix.some((fault) => fault.id === id))
if (unknown.length > 0 || !Number.isInteger(seed) || !(Number(values.minutes) >= 0)) {
  process.stderr.write(`--seed and --minutes take numbers, --only some of: ${matrix.map(({ id }) => id).join(', ')}\n`)
  process.exit(2)
}
const say = (line: string): void => void process.stdout.write(`faults | ${line}\n`)

function show({ id, title, skipped, wrong = [], recoveryMs, facts = {} }: FaultReport): void {
  if (skipped) {
    say(`${id.padEnd(4)} skipped: ${skipped}`)
    return
  }
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`)
  say(
    `${id.padEnd(4)} ${wrong.length === 0 ? 'ok' : 'WRONG'}  recovered in ${recoveryMs ?? '?'} ms  ${told.join(', ')}  (${title})`
  )
  for (const text of wrong) say(`     ${text}`)
}

say(`seed ${seed}`)
const faults = matrix.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
const reports = await scoped((t) =>
  runFaults(t, { seed, faults, minutes: Number(values.minutes), log: say, onReport: show })
)
const struck = reports.filter(({ skipped }) => skipped === undefined)
const broken = struck.filter(({ wrong = [] }) => wrong.length > 0)
const slowestMs = Math.max(0, ...struck.map(({ recoveryMs = recoveryMaxMs }) => recoveryMs))
say(`seed ${seed}: ${struck.length} faults struck, ${broken.length} broke a promise, slowest recovery ${slowestMs} ms`)
if (broken.length > 0) process.exitCode = 1

if (!values['no-control']) {
  const control = await scoped((t) => runControl(t, { seed, log: say }))
  const isCaught = control.lost > 0 && control.doubled > 0 && control.webhooksLost > 0
  say(
    `control: of ${control.acknowledged} acknowledged sends ${control.lost} lost and ${control.doubled} doubled, ${control.webhooksLost} webhooks lost: ` +
      (isCaught ? 'the checker bites' : 'THE CHECKER DOES NOT BITE')
  )
  if (!isCaught) process.exitCode = 1
}
// Not by itself: node was seen to wait for ever, and busily, for a handle to close that was nobody's any more.
process.exit()
