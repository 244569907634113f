import pg from 'pg'
import t from 'tap'
import { createTestDatabase, createTestRedis, startTestPostgres, startTestRedis } from '../src/index.ts'
import { removeKeys } from '../src/redis-keys.ts'

async function tables(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return rows.map((row: { tablename: string }) => row.tablename)
  } finally {
    await client.end()
  }
}

t.test('every test gets a migrated database of its own, dropped after it', async (t) => {
  const urls: string[] = []
  await t.test('inside the test', async (t) => {
    urls.push(await createTestDatabase(t), await createTestDatabase(t))
    for (const url of urls) t.ok((await tables(url)).includes('messages'))
  })
  t.not(urls[0], urls[1])
  for (const url of urls) await t.rejects(tables(url), { code: '3D000' }, 'no such database')
})

t.test('every test gets a prefix of its own', async (t) => {
  const [one, two] = [await createTestRedis(t), await createTestRedis(t)]
  t.equal(one.url, two.url)
  t.not(one.prefix, two.prefix)
  await t.rejects(removeKeys(one.url.replace(/:[^:@]*@/, ':wrong@'), 'x'), {
    message: /WRONGPASS/
  })
})

t.test('whole servers are separate, and stopping one is its test’s own business', async (t) => {
  const [postgres, redis] = await Promise.all([startTestPostgres(t), startTestRedis(t)])
  t.ok((await tables(postgres.url)).includes('messages'))
  t.not(redis.url, (await createTestRedis(t)).url)
})
