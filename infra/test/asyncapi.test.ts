import { readFile } from 'node:fs/promises'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { asyncapiPath, asyncapiText, createAsyncapi } from '../asyncapi.ts'

const text = await readFile(asyncapiPath, 'utf8')

t.test('docs/asyncapi.yaml is what the schemas say (else run: node infra/asyncapi.ts)', async (t) => {
  t.equal(text, asyncapiText())
})

t.test('it is valid by the schema of AsyncAPI 3', async (t) => {
  // Without formats, which Ajv does not know by itself and which say nothing about the shape.
  const schema: object = specs.schemasWithoutId['3.0.0']
  const check = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  t.ok(check(parse(text)), JSON.stringify(check.errors))
  t.notOk(check({ ...parse(text), channels: 1 }), 'and the schema does refuse what is not')
})

t.test('every reference in it leads somewhere', async (t) => {
  const document: unknown = parse(text)
  const targets = [...text.matchAll(/\$ref: "?([^\s"]+)"?/g)].map(([, target = '']) => target)
  t.ok(targets.length > 15)
  for (const target of targets) t.ok(resolve(document, target), target)
})

t.test('it has every message that the server and its clients send', async (t) => {
  const source = await readFile(new URL('../../services/realtime/src/server.ts', import.meta.url), 'utf8')
  const [, types = ''] = /export type ClientEvents(.*)export type SocketData/s.exec(source) ?? []
  const names = [...types.matchAll(/(\w+): \((?:event|reload|asked)/g)].map(([, name = '']) => name)
  t.ok(names.length >= 4)
  const { operations } = createAsyncapi()
  for (const name of names) t.ok(name in operations, name)
})

function resolve(document: unknown, target: string): unknown {
  return target
    .replace('#/', '')
    .split('/')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
      document
    )
}
