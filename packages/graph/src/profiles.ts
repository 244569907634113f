import { type ContactItem } from '@wag/contracts'
import { tidyId } from './tidy.ts'

/** Who wrote, or is written to: a phone number, a business-scoped user id, or both. */
export type Person = {
  waId?: string
  userId?: string
  parentUserId?: string
  profileName?: string
  username?: string
}

// Two letters and a dot, or the longer form of the first draft. Only to tell the two kinds of id apart where Meta puts
// either into one field; an id of a third kind counts as a number and is kept as it is.
const userIdShape = /^(?:[A-Z]{2}\.|user\.)[\w.]+$/
const internationalNumber = /^\+\d+$/

/** A person from a field for phone numbers, in which Meta sometimes puts a user id, and those for user ids. */
export function readPerson(number: unknown, userId: unknown, parentUserId?: unknown): Person {
  const person: Person = {}
  const id = tidyId(userId)
  if (id !== undefined) person.userId = id
  const parent = tidyId(parentUserId)
  if (parent !== undefined) person.parentUserId = parent
  const waId = tidyId(number)
  if (waId === undefined) return person
  if (!userIdShape.test(waId)) person.waId = internationalNumber.test(waId) ? waId.slice(1) : waId
  else person.userId ??= waId
  return person
}

/** Whether anybody is named. */
export function isNamed({ waId, userId }: Person): boolean {
  return waId !== undefined || userId !== undefined
}

/** The profiles of one change, to find the writer of a message among them. */
export type Profiles = { writerOf(person: Person): Person }

/** Indexes the contacts of a change: a body may hold as many writers as messages. */
export function createProfiles(contacts: readonly ContactItem[]): Profiles {
  const byId = new Map<string, ContactItem>()
  for (const contact of contacts) {
    if (contact.waId !== undefined) byId.set(contact.waId, contact)
    if (contact.userId !== undefined) byId.set(contact.userId, contact)
  }
  // The first clients post messages that do not name their writer, beside the one contact who must have written them.
  const only = contacts.length === 1 ? contacts[0] : undefined
  return {
    writerOf(person) {
      const contact = isNamed(person) ? (byId.get(person.userId ?? '') ?? byId.get(person.waId ?? '')) : only
      if (contact === undefined) return person
      // What the message itself says of its writer goes first.
      return { ...contact, ...person }
    }
  }
}
