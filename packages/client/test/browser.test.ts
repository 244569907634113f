import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { browserModules } from '../src/browser.ts'
import { type connect } from '../src/index.ts'
import { createNode, createStage } from './stage.ts'

t.test('the modules for browsers load nothing but each other', async (t) => {
  const modules = await browserModules()
  const loaded = [...modules.values()].flatMap((source) =>
    [...source.matchAll(/^(?:import|export) .*from ['"](.+)['"]/gm)].map(([, path]) => path ?? '')
  )
  t.ok(loaded.length > 10)
  t.same(
    loaded.filter((path) => !modules.has(path.replace('./', ''))),
    []
  )
})

t.test('they follow the log with what a browser has: no Node module, no types', async (t) => {
  const folder = t.testdir({})
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../build.ts'), folder])
  // Node has a browser's WebSocket, too, which is all they take.
  const built = (await import(join(folder, 'index.js'))) as { connect: typeof connect }
  const stage = await createStage(t)
  const node = await createNode(t, stage)
  await stage.append([{}, {}, {}])
  const seqs: number[] = []
  const client = built.connect({
    url: node.url,
    token: stage.key,
    after: 1,
    subscriptions: [{ tenant: true }],
    onEvent: ({ seq }) => seqs.push(seq)
  })
  t.teardown(() => client.close())
  await eventually(() => seqs.length === 2)
  t.same(seqs, [2, 3])
})
