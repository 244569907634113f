import { type FastifyBaseLogger } from 'fastify'
import { type Numbers, type ReadyNumber } from './numbers.ts'

type OpenedContext = { numbers: Numbers; log: FastifyBaseLogger; phoneNumberId: string; onSealed: () => void }

/** A lane's number, as it was read last. */
export type Opened = {
  /** undefined until it could be opened. */
  current(): ReadyNumber | undefined
  /** Reads it anew; undefined, and `onSealed` was called, where its token cannot be opened. */
  open(): Promise<ReadyNumber | undefined>
  /**
   * The token was replaced: what was given out for the new one must not go out with the one before, which may have been
   * refused. False where the new one cannot be had.
   */
  reopen(): Promise<boolean>
}

export function createOpened({ numbers, log, phoneNumberId, onSealed }: OpenedContext): Opened {
  let number: ReadyNumber | undefined

  async function load(): Promise<ReadyNumber | undefined> {
    const loaded = await numbers.get(phoneNumberId)
    if (!loaded) return undefined
    const { accessToken } = loaded
    if (typeof accessToken === 'string') return { ...loaded, accessToken }
    log.warn({ err: accessToken, phoneNumberId }, 'the token of a number cannot be opened: its messages wait')
    onSealed()
    return undefined
  }

  return {
    current: () => number,
    async open() {
      number = await load()
      return number
    },
    async reopen() {
      numbers.forget(phoneNumberId)
      const fresh = await load().catch((error: unknown) => {
        log.warn({ err: error }, 'a lane could not read its number')
        return undefined
      })
      number = fresh ?? number
      return fresh !== undefined
    }
  }
}
