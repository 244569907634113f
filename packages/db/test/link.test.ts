import fc from 'fast-check'
import t from 'tap'
import { type Book, emptyBook } from '../src/book.ts'
import { link, type Sighting } from '../src/link.ts'
import { never, survivorOf } from '../src/person.ts'

/** What webhooks tell of one person who changes number, and with it user id, now and then. */
const life = fc.record({
  epochs: fc.integer({ min: 1, max: 3 }),
  sightings: fc.array(
    fc.record({
      second: fc.integer({ min: 1, max: 300 }),
      ids: fc.constantFrom('number', 'user', 'both', 'both'),
      isNamed: fc.boolean()
    }),
    { maxLength: 6 }
  ),
  /** Whether a change of number tells the user ids too, as it does since 2026. */
  tellsUserIds: fc.boolean()
})

type Life = { epochs: number; sightings: { second: number; ids: string; isNamed: boolean }[]; tellsUserIds: boolean }

function sightingsOf({ epochs, sightings, tellsUserIds }: Life, person: number): Sighting[] {
  const idsIn = (epoch: number) => ({ waId: `${person}00${epoch}`, userId: `DE.${person}x${epoch}` })
  const changes = Array.from({ length: epochs - 1 }, (_, index): Sighting => {
    const [before, after] = [idsIn(index), idsIn(index + 1)]
    const at = (index + 1) * 100
    return tellsUserIds ? { ...after, former: before, at } : { waId: after.waId, former: { waId: before.waId }, at }
  })
  const seen = sightings.map(({ second, ids, isNamed }): Sighting => {
    const all = idsIn(Math.min(Math.floor(second / 100), epochs - 1))
    // Nobody is seen in the second of a change: which of the two came first could not be told.
    const at = second % 100 === 0 ? second + 1 : second
    const named = isNamed ? { name: `name ${second % 7}`, username: `@${second % 5}` } : {}
    if (ids === 'number') return { waId: all.waId, ...named, at }
    return ids === 'user' ? { userId: all.userId, ...named, at } : { ...all, ...named, at }
  })
  // Meta tells the user id with every number.
  const each = Array.from({ length: epochs }, (_, epoch): Sighting => ({ ...idsIn(epoch), at: epoch * 100 + 1 }))
  return [...changes, ...seen, ...each]
}

/** Everybody in a book, as one text that no order of arrival may change. */
function dump(book: Book): string {
  const aliases = [...book.aliases].filter(([, { until }]) => until !== never)
  return [...book.persons]
    .map((person) => {
      const theirs = aliases.filter(([, alias]) => survivorOf(alias.person) === person).map(([key]) => key)
      const { waId, userId, name, username } = person
      return [waId?.value, userId?.value, name.value, username?.value, ...theirs.sort()].join(' ')
    })
    .sort()
    .join('\n')
}

function read(sightings: Sighting[]): Book {
  const book = emptyBook()
  let lastId = 0
  for (const sighting of sightings) {
    const person = link(book, sighting)
    person.id ??= ++lastId
  }
  return book
}

t.test('persons come out the same in whatever order and number their sightings come', async (t) => {
  const lives = fc.array(life, { minLength: 1, maxLength: 4 })
  const shuffled = lives.chain((all) => {
    const sightings = all.flatMap((one, index) => sightingsOf(one, index + 1))
    const order = fc.shuffledSubarray([...sightings.keys(), ...sightings.keys()], { minLength: sightings.length * 2 })
    return fc.record({ sightings: fc.constant(sightings), order, count: fc.constant(all.length) })
  })
  fc.assert(
    fc.property(shuffled, ({ sightings, order, count }) => {
      const wanted = dump(read(sightings))
      const found = dump(read(order.flatMap((index) => sightings[index] ?? [])))
      if (found !== wanted) throw new Error(`${found}\n--- instead of\n${wanted}`)
      if (wanted.split('\n').length !== count) throw new Error(`not ${count} persons:\n${wanted}`)
    }),
    { numRuns: Number(process.env.FC_RUNS ?? 1_000) }
  )
  t.pass()
})
