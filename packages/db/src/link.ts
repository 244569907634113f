import {
  addAlias,
  addPerson,
  type Book,
  findByFormerWaId,
  findByUserId,
  findByWaId,
  merge,
  retireUserId,
  setUserId,
  setWaId
} from './book.ts'
import { forever, never, newer, type Person, survivorOf } from './person.ts'

/** What a webhook tells of a customer; at least one id is there. `at` is in milliseconds. */
export type Sighting = {
  waId?: string | undefined
  userId?: string | undefined
  parentUserId?: string | undefined
  /** Ids that the present ones replace. */
  former?: { waId?: string | undefined; userId?: string | undefined } | undefined
  /** A second spelling of the number, which stands for it for good. */
  otherWaId?: string | undefined
  name?: string | undefined
  username?: string | undefined
  at: number
}

/**
 * Takes what was seen of somebody into the book, and returns who it is. The user id decides: a number passes from one
 * user id to another when it is seen with it later, since numbers are given to new people; a number alone is whoever has
 * it. What is seen together, or said to replace each other, is one person.
 */
export function link(book: Book, seen: Sighting): Person {
  const person = findPerson(book, seen)
  if (seen.userId !== undefined) nameUser(book, person, seen.userId, seen)
  // A new number brings a new user id; older webhooks do not say which.
  else if (seen.former?.waId !== undefined && person.userId && person.userId.at <= seen.at) {
    retireUserId(book, person, seen.at)
  }
  if (seen.waId !== undefined) nameNumber(book, person, seen.waId, seen)
  const { former } = seen
  if (former?.userId !== undefined && person.userId && former.userId !== person.userId.value) {
    addAlias(book, 'user', former.userId, person, seen.at)
  }
  if (former?.waId !== undefined && former.waId !== person.waId?.value) {
    addAlias(book, 'phone', former.waId, person, seen.at)
  }
  if (seen.otherWaId !== undefined && seen.otherWaId !== person.waId?.value) {
    addAlias(book, 'phone', seen.otherWaId, person, forever)
  }
  describe(book, person, seen)
  return person
}

/** Everybody whom the ids lead to, made one where they must be; somebody new where they lead to nobody. */
function findPerson(book: Book, seen: Sighting): Person {
  const { former, at } = seen
  const byUser = findByUserId(book, seen.userId)
  const byNumber = findByWaId(book, seen.waId, at)
  const isChange = former !== undefined || seen.otherWaId !== undefined
  const told = [
    byUser,
    findByUserId(book, former?.userId),
    isChange ? byNumber : undefined,
    findByWaId(book, former?.waId, at),
    findByWaId(book, seen.otherWaId, at)
  ].filter((person) => person !== undefined)
  const [first, ...others] = told
  const hadNumber = findByFormerWaId(book, seen.waId, at)
  if (first) {
    const reason = isChange ? 'changed' : 'seen together'
    const person = others.reduce((one, other) => merge(book, one, other, reason), first)
    const isOne = byNumber && (byNumber === hadNumber || mayBeOne(person, byNumber))
    return byNumber && isOne ? merge(book, person, byNumber, reason) : person
  }
  if (byNumber && (seen.userId === undefined || !byNumber.userId || byNumber === hadNumber)) return byNumber
  return addPerson(book, newPerson())
}

/** Two different user ids are two persons, unless something else says that one of them became the other. */
function mayBeOne(a: Person, b: Person): boolean {
  return a !== b && (!a.userId || !b.userId || a.userId.value === b.userId.value)
}

function nameUser(book: Book, person: Person, userId: string, { waId, parentUserId, former, at }: Sighting): void {
  const known = person.userId
  const endedAt = endOf(book, person, userId, waId, at)
  if (endedAt !== undefined && (known?.value !== userId || known.at <= endedAt)) {
    if (known?.value === userId) retireUserId(book, person, endedAt)
    else addAlias(book, 'user', userId, person, endedAt)
    return
  }
  if (known?.value === userId) {
    if (at > known.at) person.userId = { value: userId, at }
    else if (parentUserId === undefined || person.parentUserId !== undefined) return
  } else if (!known || isLater(book, `user:${userId}`, userId, known, at, former?.userId)) {
    setUserId(book, person, userId, at)
    person.parentUserId = parentUserId
  } else {
    addAlias(book, 'user', userId, person, known.at)
    return
  }
  person.parentUserId = parentUserId ?? person.parentUserId
  book.changed.add(person)
}

/** When a user id went out of use that was seen before then: known to have, or seen with a number that had. */
function endOf(book: Book, person: Person, userId: string, waId: string | undefined, at: number): number | undefined {
  const aliases = [book.aliases.get(`user:${userId}`), book.aliases.get(`phone:${waId}`)]
  const ends = aliases.flatMap((alias) => {
    const isTheirs = alias && alias.until !== forever && survivorOf(alias.person) === person
    return isTheirs && at <= alias.until ? [alias.until] : []
  })
  return ends.length > 0 ? Math.max(...ends) : undefined
}

function nameNumber(book: Book, person: Person, waId: string, { at, former }: Sighting): void {
  const known = person.waId
  if (known?.value === waId) {
    if (at > known.at) {
      person.waId = { value: waId, at }
      book.changed.add(person)
    }
    return
  }
  const alias = book.aliases.get(`phone:${waId}`)
  if (alias && at <= alias.until && survivorOf(alias.person) === person) return
  const holder = book.byWaId.get(waId)
  // Somebody else has it under a user id of their own: it goes to whom it was seen with last.
  if (holder && holder !== person && !takeNumber(book, holder, person, at)) return
  if (!known || isLater(book, `phone:${waId}`, waId, known, at, former?.waId)) setWaId(book, person, waId, at)
  else addAlias(book, 'phone', waId, person, known.at)
}

function takeNumber(book: Book, holder: Person, person: Person, at: number): boolean {
  if (!holder.waId || at < holder.waId.at) return false
  const isSecond = (person.userId?.value ?? '') < (holder.userId?.value ?? '')
  if (at === holder.waId.at && isSecond) return false
  book.byWaId.delete(holder.waId.value)
  holder.waId = undefined
  book.changed.add(holder)
  book.isDelicate = true
  return true
}

/**
 * Whether an id is newer than the known one. At the same time it is when it is said to replace it, and is not when it is
 * known as a former one; else the greater one is, so that the order in which they came is of no account.
 */
function isLater(
  book: Book,
  key: string,
  value: string,
  known: { value: string; at: number },
  at: number,
  replaced: string | undefined
): boolean {
  if (at !== known.at) return at > known.at
  if (replaced === known.value) return true
  return (book.aliases.get(key)?.until ?? never) === never && value > known.value
}

function describe(book: Book, person: Person, { name, username, at }: Sighting): void {
  if (name !== undefined) {
    const next = newer(person.name, { value: name, at })
    if (next !== person.name) {
      person.name = next
      book.changed.add(person)
    }
  }
  if (username !== undefined) {
    const told = { value: username, at }
    const next = person.username ? newer(person.username, told) : told
    if (next !== person.username) {
      person.username = next
      book.changed.add(person)
    }
  }
}

function newPerson(): Person {
  return {
    id: undefined,
    waId: undefined,
    userId: undefined,
    parentUserId: undefined,
    name: { value: '', at: never },
    username: undefined,
    optedOut: { value: false, at: never },
    mergedInto: undefined,
    before: undefined
  }
}
