import { setTimeout as sleep } from 'node:timers/promises'
import { expectSend, expectSent, expectWebhook } from './expect.ts'
import { type Fault } from './fault.ts'

/** What befalls Redis and PostgreSQL. */
export const storeFaults: Fault[] = [
  {
    id: 'F7',
    title: 'Redis is killed and comes back with its file',
    expected: 'nothing lost or doubled',
    async strike({ redis }) {
      await redis.kill()
      await sleep(2_000)
      await redis.start()
    }
  },
  {
    id: 'F8',
    title: 'Redis is emptied three times',
    expected: 'the ledger rings again for all that waits',
    async strike({ redisClient }) {
      for (let time = 0; time < 3; time++) {
        await redisClient.flushall()
        await sleep(1_000)
      }
    }
  },
  {
    id: 'F9',
    title: 'Redis is away for ten seconds, then comes and goes every second',
    expected: 'sends are accepted and go out, slower',
    async strike(arena) {
      const { proxies } = arena
      proxies.redis.set({ kind: 'refusing' })
      await sleep(1_000)
      await expectSend(arena, 202)
      await expectSent(arena, 30_000).catch((error: unknown) => {
        proxies.redis.set({ kind: 'clear' })
        throw error
      })
      await sleep(9_000)
      for (let time = 0; time < 5; time++) {
        proxies.redis.set({ kind: time % 2 === 0 ? 'clear' : 'refusing' })
        await sleep(1_000)
      }
      proxies.redis.set({ kind: 'clear' })
    }
  },
  {
    id: 'F10',
    title: 'what Redis answers is lost after it was done',
    expected: 'one POST per message all the same',
    async strike({ proxies }) {
      for (let time = 0; time < 5; time++) {
        proxies.redis.set({ kind: 'deaf' })
        await sleep(400)
        proxies.redis.cut()
        proxies.redis.set({ kind: 'clear' })
        await sleep(600)
      }
    }
  },
  {
    id: 'F11',
    title: 'Redis stands still with its connections open',
    expected: 'no request waits for it',
    async strike(arena) {
      const { redis } = arena
      await redis.freeze()
      try {
        await sleep(2_000)
        await expectSend(arena, 202)
        await expectWebhook(arena, 200)
        await sleep(3_000)
      } finally {
        await redis.thaw()
      }
    }
  },
  {
    id: 'F12',
    title: 'Redis is full',
    expected: 'sends are accepted and go out by the sweep',
    async strike(arena) {
      await arena.redisClient.config('SET', 'maxmemory', '1mb')
      try {
        await sleep(2_000)
        await expectSend(arena, 202)
        await expectSent(arena, 30_000)
        await sleep(3_000)
      } finally {
        await arena.redisClient.config('SET', 'maxmemory', '0')
      }
    }
  },
  {
    id: 'F13',
    title: 'Redis may evict keys',
    expected: 'readiness says so',
    async strike({ redisClient, system }) {
      await redisClient.config('SET', 'maxmemory-policy', 'allkeys-lru')
      await sleep(1_500)
      const ready = await system.client.get('/health/ready')
      await redisClient.config('SET', 'maxmemory-policy', 'noeviction')
      if (ready.status !== 503 || !/evict/i.test(ready.text))
        throw new Error(`readiness said ${ready.status}: ${ready.text}`)
    }
  },
  {
    id: 'F14',
    title: 'Redis answers 100 ms late',
    expected: 'acceptance goes on',
    async strike(arena) {
      arena.proxies.redis.set({ kind: 'slow', delayMs: 50 })
      try {
        await sleep(3_000)
        await expectSend(arena, 202)
        await sleep(3_000)
      } finally {
        arena.proxies.redis.set({ kind: 'clear' })
      }
    }
  },
  {
    id: 'F16',
    title: 'PostgreSQL is killed under load',
    expected: 'nothing acknowledged is lost; 503 meanwhile, within two seconds',
    async strike(arena) {
      await arena.postgres.kill()
      try {
        await sleep(1_000)
        await expectSend(arena, 503)
        await expectWebhook(arena, 503)
        await sleep(1_000)
      } finally {
        await arena.postgres.start()
      }
    }
  },
  {
    id: 'F17',
    title: 'every backend is ended inside its transaction, five times',
    expected: 'no process dies of it',
    async strike({ sql }) {
      for (let time = 0; time < 5; time++) {
        await sql.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'wag-%'")
        await sleep(700)
      }
    }
  },
  {
    id: 'F18',
    title: 'the answer to a commit is lost',
    expected: 'the repeated request gets the same id',
    async strike({ proxies }) {
      for (let time = 0; time < 4; time++) {
        proxies.postgres.set({ kind: 'deaf' })
        await sleep(300)
        proxies.postgres.cut()
        proxies.postgres.set({ kind: 'clear' })
        await sleep(1_000)
      }
    }
  },
  {
    id: 'F19',
    title: 'PostgreSQL stands still with its connections open',
    expected: '503 within two seconds',
    async strike(arena) {
      await arena.postgres.freeze()
      try {
        await sleep(1_000)
        await expectSend(arena, 503)
        await expectWebhook(arena, 503)
        await sleep(2_000)
      } finally {
        await arena.postgres.thaw()
      }
    }
  },
  {
    id: 'F20',
    title: 'a long lock on the messages',
    expected: '503 or late, nothing lost',
    async strike({ sql }) {
      await sql.query('do $$ begin lock table messages in access exclusive mode; perform pg_sleep(3); end $$')
    }
  },
  {
    id: 'F45',
    title: 'every connection to Redis is cut while clients listen',
    expected: 'no event is missed',
    async strike({ proxies }) {
      for (let time = 0; time < 4; time++) {
        proxies.redis.cut()
        await sleep(1_000)
      }
    }
  }
]
