import { errorCodes } from '@wag/contracts'
import t from 'tap'
import { read, sections } from './docs-file.ts'

const text = await read('docs/errors.md')
const documented = sections(text)

t.test('docs/errors.md explains every error code, and no other, under the status it is answered with', async (t) => {
  t.strictSame([...documented.keys()].sort(), Object.keys(errorCodes).sort())
  for (const [code, status] of Object.entries(errorCodes)) t.match(text, `\n### \`${code}\` (${status})\n`, code)
})

t.test('every explanation says what the caller or the operator does', async (t) => {
  for (const [code, explanation] of documented) t.match(explanation, /Caller:|Operator:/, code)
})
