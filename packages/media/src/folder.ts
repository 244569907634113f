import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type BytesKey, incoming, type MediaSink, type MediaStore, pathOf } from './store.ts'
import { codeOf, storing } from './unavailable.ts'

/** Files for our eyes only. */
const fileMode = 0o600
const folderMode = 0o700

/**
 * Keeps media in a folder, which every process must see that fetches or serves them. A file is written beside the others
 * and renamed when it is whole and on the disk.
 */
export function createFolderStore(folder: string): MediaStore {
  const root = resolve(folder)
  const fileOf = (key: BytesKey): string => join(root, pathOf(key))

  async function create(): Promise<MediaSink> {
    const path = join(root, incoming, randomUUID())
    await mkdir(dirname(path), { recursive: true, mode: folderMode })
    const file = await open(path, 'wx', fileMode)
    return {
      write: (chunk) => storing(() => writeWhole(file, chunk)),
      commit: (key) => storing(() => keep(file, path, fileOf(key))),
      async abort() {
        // Closed or removed already, or the disk is away: what stays is found by tidy().
        await file.close().catch(() => undefined)
        await rm(path, { force: true }).catch(() => undefined)
      }
    }
  }

  return {
    create: () => storing(create),

    read: (key, range) =>
      storing(async () => {
        try {
          const file = await open(fileOf(key))
          return file.createReadStream(range ? { start: range.start, end: range.end } : {})
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return undefined
          throw error
        }
      }),

    remove: (key) => storing(() => rm(fileOf(key), { force: true })),

    check: () =>
      storing(async () => {
        const sink = await create()
        await sink.write(Buffer.from('probe')).finally(() => sink.abort())
      }),

    tidy: (olderThanMs) =>
      storing(async () => {
        const left = join(root, incoming)
        await mkdir(left, { recursive: true, mode: folderMode })
        for (const name of await readdir(left)) await removeOld(join(left, name), Date.now() - olderThanMs)
      }),

    close: () => undefined
  }
}

async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length; ) from += (await file.write(chunk, from)).bytesWritten
}

async function keep(file: FileHandle, path: string, target: string): Promise<void> {
  await file.sync()
  await file.close()
  await mkdir(dirname(target), { recursive: true, mode: folderMode })
  await rename(path, target)
  const folder = await open(dirname(target))
  await folder.sync().finally(() => folder.close())
}

async function removeOld(path: string, before: number): Promise<void> {
  try {
    if ((await stat(path)).mtimeMs < before) await rm(path, { force: true })
  } catch (error) {
    // Another process tidied at the same time.
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
