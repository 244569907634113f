/** An id as Meta tells it: a phone number in digits, or a business-scoped user id. */
export type AliasKind = 'phone' | 'user'

/** A value and the newest time at which Meta told it, in milliseconds. */
export type Told<T> = { value: T; at: number }

/** What is known of a contact, to be changed in memory and written at once. Rows that are not stored yet have no id. */
export type Person = {
  id: number | undefined
  waId: Told<string> | undefined
  userId: Told<string> | undefined
  parentUserId: string | undefined
  name: Told<string>
  username: Told<string> | undefined
  optedOut: Told<boolean>
  /** Set when this turned out to be another's person. */
  mergedInto: Person | undefined
  /** As it is stored. */
  before:
    | { waId: string | undefined; userId: string | undefined; name: string; username: string | undefined }
    | undefined
}

export const never = Number.NEGATIVE_INFINITY
export const forever = Number.POSITIVE_INFINITY

/** Of two values the newer; of two at the same time the greater, so that the order in which they came is of no account. */
export function newer<T extends string | boolean>(a: Told<T>, b: Told<T>): Told<T> {
  if (a.at !== b.at) return a.at > b.at ? a : b
  return a.value >= b.value ? a : b
}

/** The same where either may be missing. */
export function newerOf<T extends string | boolean>(
  a: Told<T> | undefined,
  b: Told<T> | undefined
): Told<T> | undefined {
  return a && b ? newer(a, b) : (a ?? b)
}

/** The contact that a person is part of now. */
export function survivorOf(person: Person): Person {
  let survivor = person
  while (survivor.mergedInto) survivor = survivor.mergedInto
  return survivor
}
