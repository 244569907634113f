import { developmentSettings, settings } from '@wag/service/environment'

type Run = { postgres: string; redis: string; folder: string; marker: string }

// Of a developer's own set-up: no test may ever see a real database, Meta's token or a chosen port.
const ours = new Set([...Object.keys(settings), ...Object.keys(developmentSettings)])

/** The environment of the tests: the stores of this run, its folder for all temporary files, and nothing of ours. */
export function testEnvironment({ postgres, redis, folder, marker }: Run): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !ours.has(name))
  const [name = '', value] = marker.split('=')
  return {
    ...Object.fromEntries(entries),
    WAG_TEST_POSTGRES_URL: postgres,
    WAG_TEST_REDIS_URL: redis,
    TMPDIR: folder,
    [name]: value
  }
}
