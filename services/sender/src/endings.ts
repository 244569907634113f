import { type ClaimedMessage, type Outcome } from '@wag/db'
import { type FastifyBaseLogger } from 'fastify'
import { type Permits } from './permits.ts'
import { type Recorder } from './record.ts'

type EndingsContext = { recorder: Recorder; permits: Permits; log: FastifyBaseLogger; onEnd: () => void }

/** How a message ends that is not posted. */
export type Unposted = { kind: 'expired' } | { kind: 'unposted'; delayMs: number; pairReserved?: boolean }

/** What a lane's messages come to; each gives its permit back when that is recorded. */
export type Endings = {
  /** Back to the place it had. */
  putBack(message: ClaimedMessage): void
  letGo(message: ClaimedMessage, ending: Unposted): void
  /** A POST is under way. */
  post(message: ClaimedMessage, work: Promise<unknown>): void
  /** How many are not recorded yet. */
  underWay(): number
}

export function createEndings({ recorder, permits, log, onEnd }: EndingsContext): Endings {
  let underWay = 0

  function finish(messageId: string, work: Promise<unknown>, isPosted: boolean): void {
    underWay++
    work
      .catch((error: unknown) => log.error({ err: error, messageId, isPosted }, 'an outcome was not recorded'))
      .finally(() => {
        underWay--
        permits.give(1)
        onEnd()
      })
  }

  function letGo({ messageId, claim }: ClaimedMessage, ending: Unposted): void {
    const outcome: Outcome = { messageId, claim, ...ending }
    finish(messageId, recorder.add(outcome), false)
  }

  return {
    letGo,
    putBack: (message) => letGo(message, { kind: 'unposted', delayMs: -message.overdueMs }),
    post: ({ messageId }, work) => finish(messageId, work, true),
    underWay: () => underWay
  }
}
