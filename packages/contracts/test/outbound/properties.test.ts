import fc from 'fast-check'
import t from 'tap'
import { checkMessage, contentOf } from '../../src/index.ts'
import { type Body, outboundMessages } from './messages.ts'

const bodies = Object.values(outboundMessages)
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, '', 0, -1, 1e308, [], {}, 'x'.repeat(5000), '\u0000', '\ud800', { type: 'text' }, [[]])
)

/** Every place in a value, as its keys from the outside in. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))]
}

function replaced(value: unknown, path: string[], put: unknown, name: string | undefined): unknown {
  const [key, ...rest] = path
  if (key === undefined) return put
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? replaced(item, rest, put, name) : item))
  const entries = Object.entries(value as Body).map(([field, member]) =>
    field === key ? [rest.length === 0 ? (name ?? field) : field, replaced(member, rest, put, name)] : [field, member]
  )
  return Object.fromEntries(entries)
}

/** A valid message with one value, and perhaps its field's name, turned into anything. */
const broken = fc
  .record({
    body: fc.constantFrom(...bodies),
    place: fc.nat(),
    value: anything,
    name: fc.option(fc.string(), { nil: undefined })
  })
  .map(({ body, place, value, name }) => {
    const places = placesIn(body)
    return replaced(body, places[place % places.length] ?? [], value, name)
  })

/** Whether a pointer leads to a value in the body, or to a member that an object of it lacks. */
function isInside(body: unknown, pointer: string): boolean {
  const steps = pointer.split('/').slice(1)
  let value = body
  for (const [index, step] of steps.entries()) {
    if (typeof value !== 'object' || value === null) return false
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!Object.hasOwn(value, key)) return index === steps.length - 1 && !Array.isArray(value)
    value = (value as Body)[key]
  }
  return true
}

function checkProblems(body: unknown): void {
  const check = checkMessage(body)
  if (check.ok) {
    JSON.stringify(contentOf(check.value))
    return
  }
  const { problems } = check
  if (problems.length < 1 || problems.length > 20) throw new Error(`${problems.length} problems`)
  for (const { pointer, detail } of problems) {
    if (!isInside(body, pointer)) throw new Error(`${pointer} leads nowhere`)
    if (!/^(must|is) /.test(detail)) throw new Error(detail)
  }
}

t.test('any JSON is checked or refused, and every problem points into it', async (t) => {
  fc.assert(fc.property(fc.jsonValue(), checkProblems), { numRuns: 500 })
  t.pass()
})

t.test('any message with anything in any place of it is checked or refused', async (t) => {
  fc.assert(fc.property(broken, checkProblems), { numRuns: 3000 })
  t.pass()
})

t.test('nothing that is refused keeps a text of the message in its problems', async (t) => {
  for (const body of bodies) {
    const marked = JSON.parse(JSON.stringify(body), (_key, value) =>
      typeof value === 'string' ? `${value}§ §` : value
    )
    const check = checkMessage(marked)
    t.notOk(JSON.stringify(check.ok ? [] : check.problems).includes('§'))
  }
})

t.test('a body nested without end is refused, not a stack that runs over', async (t) => {
  const nested: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  for (const body of [
    { to: '1', type: 'raw', raw: { type: 'x', nested } },
    { to: '1', metadata: { nested } }
  ]) {
    checkProblems(body)
    t.notOk(checkMessage(body).ok)
  }
})

t.test('a body as large as a request may be is judged at once', async (t) => {
  const cards = Array.from({ length: 20_000 }, () => ({ a: 1 }))
  const texts = { to: '1', type: 'text', text: { body: '😀 '.repeat(80_000) } }
  const url = { to: '1', type: 'image', image: { link: `https://${'a'.repeat(250_000)}` } }
  const started = performance.now()
  for (const body of [{ to: '1', type: 'contacts', contacts: cards }, texts, url]) t.notOk(checkMessage(body).ok)
  t.ok(performance.now() - started < 2000)
})
