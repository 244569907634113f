import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import t from 'tap'
import { boundaryRules } from './boundary-rules.ts'

const root = join(import.meta.dirname, '../..')

async function violations(baseDir: string): Promise<string[]> {
  const folders = ['packages', 'services', 'infra']
  const { output } = await cruise(folders, {
    ...boundaryRules.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: boundaryRules.forbidden ?? [] }
  })
  const { summary } = output as ICruiseResult
  if (summary.totalCruised === 0) throw new Error('nothing was looked at')
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
}

t.test('every import keeps to the boundaries', async (t) => {
  t.strictSame(await violations(root), [])
})

t.test('an import across a boundary is found', async (t) => {
  const link = (name: string) => t.fixture('symlink', `../../packages/${name}`)
  const library = (name: string) => ({ [name]: { 'package.json': JSON.stringify({ name }), 'index.js': '' } })
  const folder = t.testdir({
    node_modules: {
      '@wag': { db: link('db'), contracts: link('contracts'), testkit: link('testkit') },
      ...library('kysely'),
      ...library('bullmq'),
      ...library('undici')
    },
    packages: {
      contracts: source("import '@wag/db'"),
      db: source("import 'kysely'"),
      testkit: source(''),
      bus: source("import type {} from '@wag/db'\nimport './one.ts'", { 'one.ts': "import './index.ts'" })
    },
    services: {
      gateway: source("import 'kysely'\nimport 'undici'\nimport '../../sender/src/index.ts'\nimport '@wag/testkit'"),
      sender: source("import 'bullmq'")
    },
    infra: { 'start.ts': "import '@wag/testkit'" }
  })
  t.strictSame((await violations(folder)).map((text) => text.replace(/ → .*/, '')).sort(), [
    'bus-knows-contracts: packages/bus/src/index.ts',
    'contracts-stands-alone: packages/contracts/src/index.ts',
    'kysely-is-of-db: services/gateway/src/index.ts',
    'no-cycles: packages/bus/src/index.ts',
    'redis-is-of-bus: services/sender/src/index.ts',
    'services-meet-in-the-stores: services/gateway/src/index.ts',
    'testkit-and-e2e-are-for-tests: services/gateway/src/index.ts',
    'undici-is-of-graph: services/gateway/src/index.ts'
  ])
})

function source(text: string, others: Record<string, string> = {}) {
  return { 'package.json': JSON.stringify({ exports: './src/index.ts' }), src: { 'index.ts': text, ...others } }
}

t.test('every main.ts stays under 20 lines', async (t) => {
  let files = 0
  for await (const file of glob('services/*/src/main.ts', { cwd: root })) {
    const lines = (await readFile(join(root, file), 'utf8')).trimEnd().split('\n').length
    t.ok(lines < 20, `${file} has ${lines} lines`)
    files += 1
  }
  t.equal(files, 5, 'all services were looked at')
})

t.test('the environment is read in one place', async (t) => {
  const readers: string[] = []
  for await (const file of glob('{services,packages}/*/src/**/*.ts', { cwd: root })) {
    if (/^packages\/(testkit|e2e)\//.test(file)) continue
    if (/\bprocess\.env\b|\benv\b.*'node:process'/.test(await readFile(join(root, file), 'utf8'))) readers.push(file)
  }
  t.strictSame(readers, ['packages/service/src/config.ts'])
})
