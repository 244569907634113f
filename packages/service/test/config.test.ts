import t from 'tap'
import { ConfigError, loadConfig, pickSettings, settings } from '../src/index.ts'

const schema = pickSettings('DATABASE_URL', 'DATABASE_POOL_MAX', 'REDIS_URL', 'ENCRYPTION_KEY', 'API_KEY', 'GRAPH_URL')
const good = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1/wag',
  REDIS_URL: 'redis://127.0.0.1',
  ENCRYPTION_KEY: 'ab'.repeat(32),
  API_KEY: 'k'.repeat(32)
}

function mistakes(environment: NodeJS.ProcessEnv): string {
  try {
    loadConfig(schema, environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

t.test('what is not set has its default, and numbers become numbers', async (t) => {
  const config = loadConfig(schema, { ...good, DATABASE_POOL_MAX: '17' })
  t.match(config, { ...good, DATABASE_POOL_MAX: 17, GRAPH_URL: 'https://graph.facebook.com', LOG_LEVEL: 'info' })
})

t.test('an empty variable counts as not set', async (t) => {
  t.equal(loadConfig(schema, { ...good, DATABASE_POOL_MAX: '', GRAPH_URL: '' }).GRAPH_URL, 'https://graph.facebook.com')
  t.match(mistakes({ ...good, API_KEY: '' }), /API_KEY is not set/)
})

t.test('all mistakes are named at once, each with what is expected and none with its value', async (t) => {
  const canary = 'canary-81'
  const message = mistakes({
    DATABASE_URL: `mysql://${canary}`,
    DATABASE_POOL_MAX: canary,
    ENCRYPTION_KEY: canary,
    API_KEY: canary,
    GRAPH_URL: canary,
    LOG_LEVEL: canary
  })
  for (const name of [
    'DATABASE_URL',
    'DATABASE_POOL_MAX',
    'REDIS_URL',
    'ENCRYPTION_KEY',
    'API_KEY',
    'GRAPH_URL',
    'LOG_LEVEL'
  ]) {
    t.match(message, new RegExp(`^  - ${name} .+`, 'm'))
  }
  t.match(message, /^The configuration has 7 mistake/)
  t.match(message, /LOG_LEVEL .*debug/, 'allowed values are told')
  t.notMatch(message, /canary/)
})

t.test('nothing of the environment but the settings asked for is kept', async (t) => {
  const config = loadConfig(schema, { ...good, WHATSAPP_ACCESS_TOKEN: 'secret', PATH: '/bin' })
  t.notOk('WHATSAPP_ACCESS_TOKEN' in config || 'PATH' in config)
})

t.test('secrets that are too short or of the wrong form are refused', async (t) => {
  for (const key of ['ab'.repeat(31), 'zz'.repeat(32), 'ab'.repeat(33)]) {
    t.match(mistakes({ ...good, ENCRYPTION_KEY: key }), /ENCRYPTION_KEY/)
  }
  t.match(mistakes({ ...good, API_KEY: 'k'.repeat(31) }), /API_KEY/)
})

t.test('every setting says in a sentence what it is for', async (t) => {
  for (const [name, setting] of Object.entries(settings)) {
    t.match((setting as { description?: string }).description, /^[A-Z].{10,}\.?$/, name)
  }
})
