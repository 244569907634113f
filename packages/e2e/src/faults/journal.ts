import { type FileHandle, open } from 'node:fs/promises'

/** A file of what was intended and what was acknowledged, on disk before anything else happens. */
export type Journal = { write(line: object): Promise<void>; close(): Promise<void> }

/** Opens a journal. Lines that come together are synced together. */
export async function openJournal(path: string): Promise<Journal> {
  const file: FileHandle = await open(path, 'a')
  let waiting: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function flush(): Promise<void> {
    writing = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await file.write(batch.map(({ line }) => line).join(''))
        await file.datasync()
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    writing = false
  }

  return {
    write: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(line)}\n`, resolve, reject })
        if (!writing) void flush()
      }),
    close: () => file.close()
  }
}
