import { sql } from 'kysely'
import { type Book, loadBook } from './book.ts'
import { type NewEvent } from './events.ts'
import { isDuplicate } from './faults.ts'
import { link, type Sighting } from './link.ts'
import { type Person, survivorOf } from './person.ts'
import { inSavepoint } from './savepoint.ts'
import { type Db } from './schema.ts'
import { writeBook } from './write-book.ts'

/** How often others may make the same contacts at the same moment before something must be wrong. */
const roundsMax = 10

/** What a webhook tells of a customer; at least one of the two ids is there. */
export type Profile = Omit<Sighting, 'at'> & { at: Date }

/** Whose contact each profile is, in their order, and the events that tell what changed. */
export type Upserted = { ids: number[]; events: NewEvent[] }

/**
 * Makes sure that everybody seen has a contact, with the newest name, and that each person has one only: who turns out to
 * be two contacts becomes one. The outcome is the same in whatever order and however often the profiles come.
 */
export async function upsertContacts(trx: Db, tenantId: string, profiles: Profile[]): Promise<Upserted> {
  if (profiles.length === 0) return { ids: [], events: [] }
  const sightings = profiles.map((profile) => ({ ...profile, at: profile.at.getTime() }))
  let isLocked = false
  for (let round = 0; round < roundsMax; round++) {
    const book = await loadBook(trx, tenantId, ...idsOf(sightings))
    const persons = linkAll(book, sightings)
    // What was loaded before the lock was there may be out of date.
    if (needsLock(book) && !isLocked) {
      await lock(trx, tenantId)
      isLocked = true
    } else if (await write(trx, tenantId, book)) {
      return { ids: persons.map((person) => survivorOf(person).id ?? 0), events: eventsOf(tenantId, book) }
    }
  }
  throw new Error('the same contacts were made by others again and again')
}

/**
 * Most batches change no ids and need no lock. While ids change hands nobody else may do the same, nor make a contact under
 * an id that is just becoming a former one of somebody: neither would see the other.
 */
function needsLock({ isDelicate, persons }: Book): boolean {
  return isDelicate || [...persons].some(({ before }) => before === undefined)
}

/** False when others made or merged one of the contacts at the same moment; nothing is written then, or can be written anew. */
async function write(trx: Db, tenantId: string, book: Book): Promise<boolean> {
  if (!book.isDelicate) return writeBook(trx, tenantId, book)
  try {
    return await inSavepoint(trx, () => writeBook(trx, tenantId, book))
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** Until the transaction ends. One kind for both: two that had a shared one and wanted more would wait for each other. */
async function lock(trx: Db, tenantId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`contacts of ${tenantId}`}, 0))`.execute(trx)
}

function idsOf(sightings: Sighting[]): [string[], string[]] {
  const [waIds, userIds] = [new Set<string>(), new Set<string>()]
  for (const { waId, userId, former, otherWaId } of sightings) {
    for (const id of [waId, former?.waId, otherWaId]) if (id !== undefined) waIds.add(id)
    for (const id of [userId, former?.userId]) if (id !== undefined) userIds.add(id)
  }
  return [[...waIds], [...userIds]]
}

/** The oldest first, so that what one batch tells is taken in as it happened. */
function linkAll(book: Book, sightings: Sighting[]): Person[] {
  const persons: Person[] = []
  const order = sightings.map((_, index) => index).sort((a, b) => (sightings[a]?.at ?? 0) - (sightings[b]?.at ?? 0))
  for (const index of order) {
    const seen = sightings[index]
    if (seen) persons[index] = link(book, seen)
  }
  return persons
}

function eventsOf(tenantId: string, { changed, merges }: Book): NewEvent[] {
  const updates = [...changed].flatMap((person): NewEvent[] => {
    const what = changesOf(person)
    const contactId = person.id
    if (contactId === undefined || what.length === 0) return []
    return [{ tenantId, type: 'contact.updated', contactId, data: { contactId, changed: what } }]
  })
  const merged = merges.map(({ from, into }): NewEvent => {
    const contactId = from.id ?? 0
    const data = { contactId, changed: ['merged'], mergedInto: survivorOf(into).id ?? 0 }
    return { tenantId, type: 'contact.updated', contactId, data }
  })
  return [...updates, ...merged]
}

function changesOf({ before, name, username, waId, userId }: Person): string[] {
  if (!before) return []
  const pairs = [
    ['name', before.name, name.value],
    ['username', before.username, username?.value],
    ['wa_id', before.waId, waId?.value],
    ['user_id', before.userId, userId?.value]
  ] as const
  return pairs.filter(([, old, now]) => old !== now).map(([what]) => what)
}
