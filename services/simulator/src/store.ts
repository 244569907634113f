import { createRing } from './ring.ts'
import { type Settings } from './settings.ts'

const messagesKept = 10_000

/** A status that was brought about, and when. */
export type StatusNote = { status: string; at: string }

/** An accepted message, as the control API shows it. */
export type AcceptedMessage = {
  wamid: string
  phone_number_id: string
  to: string
  type: string
  biz_opaque_callback_data?: string
  accepted_at: string
  statuses: StatusNote[]
  request: unknown
}

/**
 * What was accepted. The newest messages are kept whole; of all others only how often their callback data was
 * accepted, so that a checker sees doubles after millions of sends.
 */
export function createStore(settings: Settings) {
  const ring = createRing<AcceptedMessage>(messagesKept)
  const byWamid = new Map<string, AcceptedMessage>()
  const counts = new Map<string, number>()
  const doubled = new Map<string, number>()
  let total = 0

  return {
    /** `describe` is only called when messages are recorded. */
    accept(callbackData: string | undefined, describe: () => AcceptedMessage): AcceptedMessage | undefined {
      total++
      if (settings.recording === 'none') return undefined
      if (callbackData !== undefined) {
        const times = (counts.get(callbackData) ?? 0) + 1
        counts.set(callbackData, times)
        if (times > 1) doubled.set(callbackData, times)
      }
      if (settings.recording === 'counts') return undefined
      const message = describe()
      const fallen = ring.push(message)
      if (fallen !== undefined) byWamid.delete(fallen.wamid)
      byWamid.set(message.wamid, message)
      return message
    },
    get: (wamid: string) => byWamid.get(wamid),
    newest: (limit: number) => ring.newest(limit),
    timesAccepted: (callbackData: string) => counts.get(callbackData) ?? 0,
    summary: () => ({
      total,
      distinct: counts.size,
      doubled: [...doubled].map(([data, times]) => ({ biz_opaque_callback_data: data, accepted: times }))
    }),
    clear(): void {
      ring.clear()
      byWamid.clear()
      counts.clear()
      doubled.clear()
      total = 0
    }
  }
}
