import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@wag/testkit'
import { type Arena } from './arena.ts'
import { expectSend, expectWebhook } from './expect.ts'
import { type Fault } from './fault.ts'
import { whyNoDisk, withDisk } from './mounted.ts'

/** What befalls PostgreSQL's disk. */
export const diskFaults: Fault[] = [
  {
    id: 'F21',
    title: 'PostgreSQL takes no writes; then its disk is full',
    expected: 'sends and webhooks are refused with 503, all resumes',
    async strike(arena) {
      await writeNothing(arena)
      const reason = await whyNoDisk()
      if (reason) arena.log(`F21 without the full disk: ${reason}`)
      else await fillDisk(arena)
    }
  }
]

async function writeNothing(arena: Arena): Promise<void> {
  const { sql } = arena
  const end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'wag-%'"
  await sql.query('alter database wag set default_transaction_read_only = on')
  try {
    await sql.query(end)
    await sleep(2_000)
    await expectSend(arena, 503)
    await expectWebhook(arena, 503)
  } finally {
    await sql.query('begin read write; alter database wag set default_transaction_read_only = off; commit')
    await sql.query(end)
  }
}

/** Moves what every send and every webhook is written to onto a small disk, and fills that. */
async function fillDisk(arena: Arena): Promise<void> {
  const { uid } = await stat(join(arena.postgres.dataDir, 'data'))
  await withDisk({ megabytes: 48, uid }, async (folder) => {
    await arena.sql.query(`create tablespace small location '${folder}'`)
    try {
      await moveTo(arena, 'small')
      const filler = join(folder, 'filler')
      await fill(filler)
      try {
        // The pages that are there still take some rows.
        const within = { timeoutMs: 30_000, intervalMs: 500 }
        await eventually(() => expectSend(arena, 503).then(() => true), within)
        await eventually(() => expectWebhook(arena, 503).then(() => true), within)
      } finally {
        await rm(filler)
      }
    } finally {
      await moveTo(arena, 'pg_default')
      await arena.sql.query('drop tablespace small')
    }
  })
}

/** It waits for a moment without a lock in its way, and lets others by meanwhile. */
async function moveTo({ sql }: Arena, tablespace: string): Promise<void> {
  const parts = await sql.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'inbox'::regclass"
  )
  for (const name of ['messages', ...parts.map((part) => part.name)]) {
    await eventually(
      async () => {
        await sql.query(`set lock_timeout = 2000; alter table ${name} set tablespace ${tablespace}; reset lock_timeout`)
        return true
      },
      { timeoutMs: 60_000, intervalMs: 200 }
    )
  }
}

async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (const bytes of [1024 * 1024, 4096]) {
      const block = Buffer.alloc(bytes)
      for (;;) await file.write(block)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}
