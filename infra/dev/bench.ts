// npm run bench: every figure against a limit measured in the same run on the same machine.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, hotFunctions, scenarios, scoped, tableOf } from '@wag/e2e'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false }
  }
})
const seconds = Number(values.seconds)
const wanted = values.only.flatMap((names) => names.split(','))
const unknown = wanted.filter((name) => !(name in scenarios))
if (unknown.length > 0 || !(seconds >= 1)) {
  process.stderr.write(`--seconds takes 1 or more, --only some of: ${Object.keys(scenarios).join(', ')}\n`)
  process.exit(2)
}

// The table goes to standard output and nothing else does; how far it is goes beside it.
const say = (line: string): void => void process.stderr.write(`bench | ${line}\n`)
const folder = values.profile ? await mkdtemp(join(tmpdir(), 'wag-profile-')) : undefined
if (folder) process.env.BENCH_PROFILE = folder
const figures: Figure[] = []
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  say(`${name} …`)
  try {
    figures.push(...(await scoped((t) => scenario(t, { seconds }))))
  } catch (error) {
    say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
process.stdout.write(values.json ? `${JSON.stringify({ scenarios: figures })}\n` : `${tableOf(figures)}\n`)
if (folder) {
  for (const line of await hotFunctions(folder, 20)) process.stderr.write(`${line}\n`)
  await rm(folder, { recursive: true })
}
