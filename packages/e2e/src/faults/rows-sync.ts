import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@wag/testkit'
import { familyOf } from '../processes.ts'
import { expectSend } from './expect.ts'
import { type Fault } from './fault.ts'
import { whyNoTrace, withInjected } from './mounted.ts'

/** What befalls the stores on the way to their disk. */
export const syncFaults: Fault[] = [
  {
    id: 'F15',
    title: 'fsync of Redis takes three seconds, then Redis is killed',
    expected: 'nothing is lost: the ledger rings again',
    skip: whyNoTrace,
    async strike(arena) {
      const { redis } = arena
      const inject = 'fdatasync,fsync:delay_enter=3000000'
      await withInjected({ pids: [redis.pid()], inject, follow: true }, async () => {
        await sleep(4_000)
        await expectSend(arena, 202)
        await redis.kill()
      })
      await redis.start()
    }
  },
  {
    id: 'F22',
    title: 'fsync of PostgreSQL fails with an input/output error',
    expected: 'it panics and recovers; nothing acknowledged is lost',
    skip: whyNoTrace,
    async strike({ postgres }) {
      // Not the first process: those it starts anew, to recover with, find the disk well again.
      const pids = (await familyOf([postgres.pid()])).filter((pid) => pid !== postgres.pid())
      await withInjected({ pids, inject: 'fdatasync,fsync:error=EIO', follow: false }, () =>
        eventually(
          async () => {
            const left = await familyOf([postgres.pid()])
            const old = pids.filter((pid) => left.includes(pid))
            if (old.length > 0) throw new Error(`PostgreSQL did not panic: ${old.length} processes go on`)
            return true
          },
          { timeoutMs: 30_000, intervalMs: 100 }
        ).then(() => undefined)
      )
    }
  }
]
