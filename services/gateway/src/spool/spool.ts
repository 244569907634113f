import { access, constants, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createId, GatewayError, isId } from '@wag/contracts'
import { encodeRecord, type SpooledWebhook } from './record.ts'

export type Spool = Awaited<ReturnType<typeof openSpool>>

/** A closed piece of the spool, to be read and then dropped. */
export type Segment = { id: string; path: string }

type Active = { id: string; path: string; handle: FileHandle; bytes: number }

/** A segment that is longer than this gets a successor, so that what was read may go. */
const segmentBytesMax = 16 * 1024 * 1024

/** A segment of another process is left alone until nothing has been added to it for this long, in milliseconds. */
const youngMs = 1_000

/**
 * Keeps webhooks on disk, in files that only grow, while the ledger is away. A segment is renamed before it is read, and
 * whoever appends looks afterwards whether its file was still there: so any number of processes may share a folder, and
 * one that died leaves its segments to the others.
 */
export async function openSpool({ dir, bytesMax }: { dir: string; bytesMax: number }) {
  let active: Active | undefined
  let bytes = 0
  let turn: Promise<unknown> = Promise.resolve()

  /** Runs one after the other all that touches the active segment. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  async function create(): Promise<Active> {
    const id = createId()
    const path = join(dir, `${id}.spool`)
    const handle = await open(path, 'ax', 0o600)
    await syncFolder(dir)
    return { id, path, handle, bytes: 0 }
  }

  async function retire(): Promise<void> {
    const { handle } = active ?? {}
    active = undefined
    await handle?.close()
  }

  async function write(records: Buffer): Promise<void> {
    for (;;) {
      active ??= await create()
      const { path, handle } = active
      try {
        await handle.appendFile(records)
        await handle.datasync()
      } catch (error) {
        // After a failed write or fsync nobody knows what the file holds: it gets no further record.
        await retire()
        throw error
      }
      active.bytes += records.length
      bytes += records.length
      const isThere = await unlessGone(
        stat(path).then(() => true),
        false
      )
      if (!isThere || active.bytes >= segmentBytesMax) await retire()
      // Taken under our hands, perhaps read before it held this: written again, since twice is once.
      if (isThere) return
    }
  }

  async function segments(): Promise<string[]> {
    const names = await readdir(dir)
    return names.filter((name) => isId(name.slice(0, 36)) && /^\.(spool|taken)$/.test(name.slice(36))).sort()
  }

  /** Whether somebody else may be appending to it: taken now, what comes next would have to be written again. */
  async function isYoung(name: string): Promise<boolean> {
    if (name.endsWith('.taken')) return false
    const file = await unlessGone(stat(join(dir, name)), undefined)
    return file !== undefined && Date.now() - file.mtimeMs < youngMs
  }

  /** Looks what the folder holds. */
  async function measure(): Promise<{ bytes: number; segments: number }> {
    const names = await segments()
    const files = await Promise.all(names.map((name) => unlessGone(stat(join(dir, name)), undefined)))
    bytes = files.reduce((sum, file) => sum + (file?.size ?? 0), 0)
    return { bytes, segments: names.length }
  }

  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await access(dir, constants.R_OK | constants.W_OK)
    await measure()
  } catch (error) {
    throw new GatewayError('internal', 'SPOOL_DIR is no folder that the gateway may write', { cause: error })
  }
  return {
    /** Resolves once all of it is on disk; throws `overloaded` where the folder or its disk is full, or cannot be written. */
    async append(webhooks: SpooledWebhook[]): Promise<void> {
      const records = Buffer.concat(webhooks.map(encodeRecord))
      if (bytes + records.length > bytesMax) throw new GatewayError('overloaded', 'The spool is full: repeat later')
      try {
        await inTurn(() => write(records))
      } catch (cause) {
        throw new GatewayError('overloaded', 'The spool cannot be written: repeat later', { cause })
      }
    },

    /** The oldest segment; from now on nothing is added to it. */
    take: () =>
      inTurn(async (): Promise<Segment | undefined> => {
        for (const name of await segments()) {
          const id = name.slice(0, 36)
          if (active?.id === id) await retire()
          else if (await isYoung(name)) continue
          const path = join(dir, `${id}.taken`)
          const renamed =
            name.endsWith('.taken') || (await unlessGone(rename(join(dir, name), path), 'gone')) !== 'gone'
          if (renamed) return { id, path }
        }
        return undefined
      }),

    /** What a segment holds; nothing where somebody else was faster. */
    read: ({ path }: Segment): Promise<Buffer> => unlessGone(readFile(path), Buffer.alloc(0)),

    /** Only after all of it is committed. */
    async drop({ path }: Segment): Promise<void> {
      await rm(path, { force: true })
      await measure()
    },

    measure,
    size: () => bytes,
    close: () => inTurn(retire)
  }
}

/** `otherwise` where the file is not there any more. */
async function unlessGone<T, U>(work: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise
    throw error
  }
}

/** A new file is only there after a power cut when its folder was written too. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
