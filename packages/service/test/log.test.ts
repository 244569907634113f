import { Writable } from 'node:stream'
import { GatewayError } from '@wag/contracts'
import { type Logger, pino } from 'pino'
import t from 'tap'
import { errorOf, scrub } from '../src/index.ts'
import { logOptions } from '../src/log.ts'

const phone = '491701234567'
const wamid = `wamid.${Buffer.from(`\u001c${phone}\u0015`).toString('base64')}=`
const canaries = [phone, wamid, 's3cret', 'EAAGtoken', 'canary text']

/** What one call of a logger writes. */
function written(log: (logger: Logger) => void): string {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    }
  })
  log(pino(logOptions('test', 'trace'), stream))
  return lines.join('')
}

function leaks(line: string): string[] {
  return canaries.filter((canary) => line.includes(canary))
}

t.test('numbers, wamids and credentials are cut out of what others wrote', async (t) => {
  const texts = [
    `recipient ${phone} is not valid`,
    '(#131026) +49 170 1234567 undeliverable',
    'to: +1 (650) 555-1234.',
    `duplicate key (wamid)=(${wamid})`,
    'connect postgres://wag:s3cret@10.0.0.1:5432/wag failed',
    'redis://:s3cret@cache:6379'
  ]
  for (const text of texts) {
    const scrubbed = scrub(text)
    t.strictSame(leaks(scrubbed), [], scrubbed)
    t.notMatch(scrubbed, /\d{7}|555-1234|1234567/)
  }
  t.equal(scrub('timed out after 15000 ms'), 'timed out after 15000 ms', 'what helps stays')
})

t.test('an error and all its causes are written without what they carry', async (t) => {
  const driver = Object.assign(new Error(`Key (wamid)=(${wamid}) of ${phone} exists`), {
    code: '23505',
    detail: 'canary text',
    config: { headers: { authorization: 'Bearer EAAGtoken' } }
  })
  const line = written((log) =>
    log.error({ err: new GatewayError('internal', 'Internal server error', { cause: driver }) }, 'failed')
  )
  t.strictSame(leaks(line), [])
  t.match(JSON.parse(line), { err: { type: 'GatewayError', code: 'internal', cause: { code: '23505' } } })
  t.match(line, /log\.test\.ts/, 'where it happened is told')
})

t.test('what is thrown need not be an error', async (t) => {
  t.strictSame(errorOf(`no ${phone}`), { message: 'no [number]' })
  t.strictSame(errorOf(undefined), { message: 'undefined' })
})

t.test('values under names of secrets are never written', async (t) => {
  const line = written((log) => {
    log.info({ authorization: 'Bearer EAAGtoken', body: 'canary text', to: phone, key: 's3cret' }, 'one')
    log.info(
      { config: { accessToken: 'EAAGtoken', password: 's3cret' }, message: { to: phone, body: 'canary text' } },
      'two'
    )
  })
  t.strictSame(leaks(line), [])
})

t.test('a line break in what is logged does not make a line of its own', async (t) => {
  const line = written((log) => log.warn({ err: new Error('one\n{"level":60,"msg":"forged"}') }, 'two\nthree'))
  t.equal(line.trimEnd().split('\n').length, 1)
})
