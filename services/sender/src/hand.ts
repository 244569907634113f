import { type ClaimedMessage } from '@wag/db'

/** A message that is ours to post. `isReady`: its recipient's pace lets it go. */
export type Held = { message: ClaimedMessage; claimedAt: number; isReady: boolean }

/** What a lane has claimed and not posted yet: a few messages, the most urgent first. */
export type Hand = ReturnType<typeof createHand>

export function createHand() {
  const held: Held[] = []
  return {
    size: () => held.length,
    readySize: () => held.filter(({ isReady }) => isReady).length,
    unchecked: () => held.filter(({ isReady }) => !isReady),
    /** Behind whatever is as urgent. */
    add(one: Held): void {
      const index = held.findIndex(({ message }) => message.priority > one.message.priority)
      held.splice(index < 0 ? held.length : index, 0, one)
    },
    /** False where it was not in hand any more. */
    remove(one: Held): boolean {
      const index = held.indexOf(one)
      if (index >= 0) held.splice(index, 1)
      return index >= 0
    },
    /** Takes the most urgent one that may go. */
    next(): Held | undefined {
      const index = held.findIndex(({ isReady }) => isReady)
      return index < 0 ? undefined : held.splice(index, 1)[0]
    },
    /** Takes all. */
    clear: () => held.splice(0)
  }
}
