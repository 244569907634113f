import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

/** A piece of what is stored: which table or file, and its bytes. */
type Piece = { place: string; bytes: Buffer }

/**
 * Where any of `words` stands in a database or in folders: every column of every row of every table, and every file, as they
 * are, with bytea and base64 decoded. For tests that ask what is left of somebody.
 */
export async function findTraces(databaseUrl: string, words: string[], folders: string[] = []): Promise<string[]> {
  const pieces = [...(await dumpTables(databaseUrl)), ...(await Promise.all(folders.map(readFiles))).flat()]
  return pieces.flatMap(({ place, bytes }) => {
    const forms = [bytes.toString('utf8'), ...decodedRuns(bytes.toString('latin1'))]
    return words.filter((word) => forms.some((form) => form.includes(word))).map((word) => `${word} in ${place}`)
  })
}

async function dumpTables(databaseUrl: string): Promise<Piece[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const pieces: Piece[] = []
    const { rows: columns } = await client.query<{ table: string; column: string; type: string }>(`
      select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped`)
    for (const { table, column, type } of columns) {
      const name = pg.escapeIdentifier(column)
      const value = type === 'bytea' ? name : `convert_to(${name}::text, 'UTF8')`
      const { rows } = await client.query<{ value: Buffer }>(
        `select ${value} as value from ${pg.escapeIdentifier(table)} where ${name} is not null`
      )
      for (const row of rows) pieces.push({ place: `${table}.${column}`, bytes: row.value })
    }
    return pieces
  } finally {
    await client.end()
  }
}

async function readFiles(folder: string): Promise<Piece[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (place) => ({ place, bytes: Buffer.concat([Buffer.from(place), await readFile(place)]) }))
  )
}

/** Every run of letters that may be base64, read from each of the places at which it may begin. */
function decodedRuns(text: string): string[] {
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? []
  return runs.flatMap((run) =>
    [0, 1, 2, 3].map((offset) => Buffer.from(run.slice(offset), 'base64').toString('latin1'))
  )
}
