import pg from 'pg'

/** Plain SQL on a few connections, for what measures or looks at a database from outside of our own queries. */
export type Sql = {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/** Opens connections to a database; nothing is connected before the first query. The caller closes it. */
export function openSql(url: string, connectionsMax = 2): Sql {
  const pool = new pg.Pool({ connectionString: url, max: connectionsMax })
  // A server that is killed under a test breaks idle connections too; the next query says so.
  pool.on('error', () => undefined)
  return {
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      return (await pool.query<Row>(text, values)).rows
    },
    close: () => pool.end()
  }
}
