import t from 'tap'
import { parse } from 'yaml'
import { compose } from './compose-file.ts'
import { defaultOf, settingsOf } from './compose-settings.ts'
import { read } from './docs-file.ts'

t.test('PostgreSQL is durable, and on a volume where its image keeps the data', async (t) => {
  const { command, volumes, image } = compose.services.postgres ?? {}
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) t.match(command, `-c ${name}=on`)
  t.match(image, /^postgres:18/)
  t.strictSame(volumes, ['postgres:/var/lib/postgresql'], 'since 18 no longer in …/data')
})

t.test('Redis refuses rather than drops, keeps a log, and shows its password to nobody', async (t) => {
  const lines = (await read('infra/redis/redis.conf')).split('\n')
  for (const line of ['maxmemory-policy noeviction', 'appendonly yes', 'appendfsync everysec'])
    t.ok(lines.includes(line), line)
  const { command = [], volumes } = compose.services.redis ?? {}
  t.ok(volumes?.includes('./infra/redis/redis.conf:/etc/redis.conf:ro'))
  const [program, ...rest] = command.at(-1)?.split('\n') ?? []
  t.equal(program, 'exec redis-server /etc/redis.conf - <<EOF', 'what follows is its standard input')
  t.strictSame(rest, ['requirepass $$REDIS_PASSWORD', 'EOF', ''])
})

t.test('Prometheus asks every service but the simulator, on its port, with the key', async (t) => {
  type Discovery = { names: string[]; port: number }
  type Scrape = { authorization: { credentials_file: string }; dns_sd_configs: Discovery[] }
  const { scrape_configs } = parse(await read('infra/prometheus/prometheus.yml')) as { scrape_configs: Scrape[] }
  const found = scrape_configs.flatMap((scrape) =>
    scrape.dns_sd_configs.map(({ names, port }) => [names.join(), port] as const)
  )
  const services = [...settingsOf.keys()].filter((name) => name !== 'simulator')
  const wanted = services.map((name) => [name, Number(defaultOf(`${name.toUpperCase()}_PORT`))])
  t.strictSame(Object.fromEntries(found), Object.fromEntries(wanted))
  t.equal(scrape_configs[0]?.authorization.credentials_file, '/run/secrets/api_key')
})
