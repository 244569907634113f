import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createId } from '@wag/contracts'
import { eventually } from '@wag/testkit'
import { createClient } from '../client.ts'
import { type Arena } from './arena.ts'
import { type Fault } from './fault.ts'
import { resizeDisk, whyNoDisk, withDisk } from './mounted.ts'

const spoolBytes = 1024 * 1024

/** What befalls the folder in which a gateway keeps webhooks while the database is away. */
export const spoolFaults: Fault[] = [
  {
    id: 'F23',
    title: 'the spool runs full, its gateway is killed, its file is torn, copied and has a bit flipped',
    expected: '503 once it is full; what was acknowledged is applied once, the broken piece is quarantined alone',
    async strike(arena) {
      const reason = await whyNoDisk()
      if (!reason) {
        await withDisk({ megabytes: 1, uid: 0 }, (folder) => strikeSpool(arena, folder, () => resizeDisk(folder, 16)))
        return
      }
      arena.log(`F23 with SPOOL_BYTES_MAX in place of a full disk: ${reason}`)
      const folder = await mkdtemp(join(tmpdir(), 'wag-spool-'))
      await strikeSpool(arena, folder, async () => undefined).finally(() =>
        rm(folder, { recursive: true, force: true })
      )
    }
  }
]

async function strikeSpool(arena: Arena, folder: string, makeRoom: () => Promise<void>): Promise<void> {
  const { system, proxies } = arena
  const limit = (await whyNoDisk()) ? { SPOOL_BYTES_MAX: String(spoolBytes) } : {}
  const node = await system.addNode('gateway', { SPOOL_DIR: folder, ...limit })
  try {
    const client = createClient({ ...system.env, GATEWAY_PORT: new URL(node.url).port })
    proxies.postgres.set({ kind: 'refusing' })
    const acknowledged: string[] = []
    const statuses = new Set<number>()
    for (let index = 0; index < 400 && !statuses.has(503); index++) {
      const wamid = `wamid.spool.${createId()}`
      const { status } = await client.webhook(bodyOf(system.env.WHATSAPP_FROM_PHONE_NUMBER_ID ?? '', wamid))
      statuses.add(status)
      if (status === 200) acknowledged.push(wamid)
    }
    if (acknowledged.length < 20 || [...statuses].some((status) => status !== 200 && status !== 503))
      throw new Error(`${acknowledged.length} webhooks were spooled, and answers were ${[...statuses].join(', ')}`)
    if (!statuses.has(503)) throw new Error('the spool never ran full')
    await node.process.kill()
    await makeRoom()
    await damage(folder)
    proxies.postgres.set({ kind: 'clear' })
    await node.process.start()
    await eventually(() => isReplayed(arena, folder, acknowledged), { timeoutMs: 60_000, intervalMs: 200 })
  } finally {
    proxies.postgres.set({ kind: 'clear' })
    await node.process.kill()
  }
}

/** Adds a record that was never finished, and a second copy of the whole with one bit of its first record flipped. */
async function damage(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.spool')).sort()
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), bytes: await readFile(join(folder, name)) }))
  )
  const [largest] = files.sort((a, b) => b.bytes.length - a.bytes.length)
  if (!largest) throw new Error('the spool holds no file')
  const copy = Buffer.from(largest.bytes)
  copy[500] = (copy[500] ?? 0) ^ 1
  await writeFile(join(folder, `${createId()}.spool`), copy)
  await writeFile(largest.path, Buffer.concat([largest.bytes, largest.bytes.subarray(0, 300)]))
}

async function isReplayed({ sql }: Arena, folder: string, wamids: string[]): Promise<true> {
  const left = (await readdir(folder)).filter((name) => /\.(spool|taken)$/.test(name))
  if (left.length > 0) throw new Error(`${left.length} files of the spool are left`)
  const [row] = await sql.query<{ messages: number; broken: number; bodies: number }>(
    `select (select count(*)::int from messages where wamid = any ($1)) as messages,
      (select count(*)::int from quarantine where reason like '%spool%') as broken,
      (select count(*)::int from inbox where position('wamid.spool.'::bytea in body) > 0) as bodies`,
    [wamids]
  )
  const { messages, broken, bodies } = row ?? { messages: 0, broken: 0, bodies: 0 }
  if (messages !== wamids.length) throw new Error(`of ${wamids.length} spooled webhooks ${messages} are applied`)
  if (broken < 1) throw new Error('the broken piece is not quarantined')
  // Each body once, and the broken piece; a body whose 503 came after it was written may be there too.
  if (bodies > wamids.length + broken + 2)
    throw new Error(`${wamids.length} spooled webhooks were stored ${bodies} times`)
  return true
}

function bodyOf(number: string, wamid: string): object {
  const text = { body: 'x'.repeat(20_000) }
  const message = { from: '19175550100', id: wamid, timestamp: '1795363200', type: 'text', text }
  const value = { messaging_product: 'whatsapp', metadata: { phone_number_id: number }, messages: [message] }
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value }] }] }
}
