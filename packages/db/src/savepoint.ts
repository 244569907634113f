import { sql } from 'kysely'
import { type Db } from './schema.ts'

/** Runs a part of a transaction that may fail: what it did is undone and its error thrown, and the transaction goes on. */
export async function inSavepoint<T>(trx: Db, part: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx)
  try {
    const result = await part()
    await sql`release savepoint part`.execute(trx)
    return result
  } catch (error) {
    await sql`rollback to savepoint part`.execute(trx)
    throw error
  }
}
