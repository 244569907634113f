import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file that passes through: on the disk and not in memory, and gone with `close` or with the process. */
export type TempFile = {
  handle: FileHandle
  bytes: number
  sha256: Buffer
  read: (this: void) => AsyncIterable<Uint8Array>
  close(): Promise<void>
}

export type TempFiles = {
  /** Writes all of `source` down. What goes wrong with it is thrown on, and nothing is kept. */
  write(source: AsyncIterable<Uint8Array>): Promise<TempFile>
}

const prefix = 'wag-media-'

/** A folder for files that pass through; the system's own for temporary files when none is named. */
export async function openTempFiles(wanted: string): Promise<TempFiles> {
  const folder = wanted || tmpdir()
  await mkdir(folder, { recursive: true })
  // A process that is killed between opening and unlinking leaves an empty file. One of another process's that is just
  // there now may go too: it is used by its handle.
  const orphans = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  await Promise.allSettled(orphans.map((name) => rm(join(folder, name), { force: true })))
  return {
    async write(source) {
      const handle = await openUnnamed(join(folder, `${prefix}${randomUUID()}`))
      try {
        return fileOf(handle, await fill(handle, source))
      } catch (error) {
        await handle.close()
        throw error
      }
    }
  }
}

/** A file without a name: however this process ends, the system frees it. */
async function openUnnamed(path: string): Promise<FileHandle> {
  const handle = await open(path, 'wx+', 0o600)
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return handle
}

async function fill(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: Buffer }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of source) {
    hash.update(chunk)
    for (let written = 0; written < chunk.length; ) {
      written += (await handle.write(chunk, written, chunk.length - written, bytes + written)).bytesWritten
    }
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest() }
}

function fileOf(handle: FileHandle, { bytes, sha256 }: { bytes: number; sha256: Buffer }): TempFile {
  return {
    handle,
    bytes,
    sha256,
    read: () => handle.createReadStream({ start: 0, autoClose: false }),
    close: () => handle.close()
  }
}
