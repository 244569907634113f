import { setTimeout as pause } from 'node:timers/promises'
import { type FastifyBaseLogger } from 'fastify'
import { type Config } from './config.ts'
import { createDetour } from './detour.ts'
import { createFaults } from './faults.ts'
import { createIds } from './ids.ts'
import { createLimits } from './limits.ts'
import { createMediaStore } from './media.ts'
import { createNumbers } from './numbers.ts'
import { createOutbox } from './outbox.ts'
import { createPhones } from './phones.ts'
import { createPoster } from './post.ts'
import { type RequestRecord } from './requests.ts'
import { createRing } from './ring.ts'
import { createScheduler } from './scheduler.ts'
import { type Settings, settingsDefaults } from './settings.ts'
import { createStats } from './stats.ts'
import { createStatuses } from './statuses.ts'
import { createStore } from './store.ts'

const requestsKept = 1000

export type Simulator = ReturnType<typeof createSimulator>

/** Everything the routes share. Nothing here knows of HTTP requests. */
export function createSimulator(config: Config, log: FastifyBaseLogger) {
  const settings = initialSettings(config)
  const ids = createIds(seedOf(config))
  const answers = createScheduler()
  const scheduler = createScheduler()
  const poster = createPoster(settings, newestSecret(config.WHATSAPP_APP_SECRET))
  const stats = createStats()
  const faults = createFaults(ids.seed)
  const limits = createLimits()
  const numbers = createNumbers(config.WHATSAPP_FROM_PHONE_NUMBER_ID)
  const media = createMediaStore(ids, config.WHATSAPP_APP_SECRET)
  const store = createStore(settings)
  const requests = createRing<RequestRecord>(requestsKept)
  const outbox = createOutbox({ settings, poster, scheduler, stats, log })
  const detour = createDetour(outbox, scheduler, stats)
  const phones = createPhones({ ids, media, faults, detour, limits, stats })
  const hasConversations = versionOf(config.WHATSAPP_VERSION) < 24
  const statuses = createStatuses({ settings, ids, scheduler, detour, phones, hasConversations })

  function pending(): number {
    return statuses.planned() + detour.collecting() + outbox.waiting()
  }

  function clearAll(): void {
    scheduler.clear()
    for (const part of [outbox, detour, statuses, phones, store, stats, media, numbers, limits, requests]) part.clear()
    faults.restart()
  }

  return {
    config,
    settings,
    ids,
    answers,
    stats,
    faults,
    limits,
    numbers,
    media,
    store,
    requests,
    detour,
    phones,
    statuses,
    poster,
    pending,
    /** Whether every webhook came through before the time was up. */
    async flush(timeoutMs: number): Promise<boolean> {
      const deadline = performance.now() + timeoutMs
      while (pending() > 0 && performance.now() < deadline) await pause(5)
      return pending() === 0
    },
    /** As at the start, but for the ids, which go on unless a seed is given: a ledger may still know the old ones. */
    reset(seed?: number): void {
      clearAll()
      Object.assign(settings, initialSettings(config))
      if (seed !== undefined) ids.reseed(seed)
    },
    async close(): Promise<void> {
      scheduler.stop()
      clearAll()
      for (const answer of answers.stop()) answer.run()
      await poster.close()
    }
  }
}

function initialSettings(config: Config): Settings {
  return {
    ...settingsDefaults,
    latency_ms: config.SIMULATOR_LATENCY_MS,
    sent_delay_ms: config.SIMULATOR_SENT_DELAY_MS,
    delivered_delay_ms: config.SIMULATOR_DELIVERED_DELAY_MS,
    read_delay_ms: config.SIMULATOR_READ_DELAY_MS,
    webhook_url: config.SIMULATOR_WEBHOOK_URL
  }
}

// NOTE: the same seed gives the same wamids after a restart, and a ledger that outlived it takes those for doubles. So
// seed 0 means another one at each start.
function seedOf(config: Config): number {
  return config.SIMULATOR_SEED === 0 ? Date.now() % 0x7fff_ffff : config.SIMULATOR_SEED
}

function versionOf(version: string): number {
  return Number(/^v(\d+)/.exec(version)?.[1] ?? 0)
}

/** While a secret is changed two are named, and Meta signs with the new one. */
function newestSecret(secrets: string): string {
  return secrets.split(',')[0] ?? secrets
}
