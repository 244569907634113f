import { createLane, type Lane, type LaneContext } from './lane.ts'

export type Lanes = {
  /** There may be something to send from this number, now or in so many milliseconds. */
  wake(phoneNumberId: string, inMs?: number): void
  size(): number
  close(): Promise<void>
}

/** One lane for every number that has something to do in this process; a number at rest costs nothing. */
export function createLanes(context: LaneContext): Lanes {
  const lanes = new Map<string, Lane>()
  let closed = false

  function make(phoneNumberId: string): Lane {
    const lane = createLane(context, phoneNumberId, () => {
      // A timer of a lane that has ended may still say so, when the number has another one already.
      if (lanes.get(phoneNumberId) === lane) lanes.delete(phoneNumberId)
    })
    lanes.set(phoneNumberId, lane)
    return lane
  }

  return {
    wake(phoneNumberId, inMs) {
      if (!closed) (lanes.get(phoneNumberId) ?? make(phoneNumberId)).wake(inMs)
    },
    size: () => lanes.size,
    async close() {
      closed = true
      await Promise.all([...lanes.values()].map((lane) => lane.close()))
    }
  }
}
