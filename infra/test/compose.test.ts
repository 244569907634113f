import { Ajv } from 'ajv'
import t from 'tap'
import { compose, loadComposeSchema } from './compose-file.ts'
import { defaultOf, settingsOf } from './compose-settings.ts'

const stores = ['postgres', 'redis', 'prometheus']
const services = Object.entries(compose.services)
const ours = services.filter(([name]) => !stores.includes(name))

t.test('the file is what the Compose Specification allows', async (t) => {
  const { $schema: _draft7, ...schema } = (await loadComposeSchema()) as { $schema: string }
  const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, ports: true, expose: true, subnet_ip_address: true } as const
  const validate = new Ajv({ strict: false, allErrors: true, formats }).compile(schema)
  t.ok(validate(compose), 'valid')
  t.strictSame(validate.errors ?? [], [])
  t.notOk(validate({ services: { gateway: { helthcheck: {} } } }), 'a wrong name would be found')
})

t.test('every service tells whether it is well, or runs once', async (t) => {
  for (const [name, { healthcheck, restart }] of services) {
    if (name === 'migrate') t.match({ healthcheck, restart }, { healthcheck: undefined, restart: 'no' }, name)
    else t.match({ healthcheck, restart }, { healthcheck: { test: Array }, restart: 'unless-stopped' }, name)
  }
})

t.test('every service gets exactly the settings it reads, on the ports they have by default', async (t) => {
  for (const [name, settings] of settingsOf) {
    const { environment = {}, healthcheck } = compose.services[name] ?? {}
    t.strictSame(Object.keys(environment).sort(), settings.toSorted(), name)
    const variable = `${name.toUpperCase()}_PORT`
    const port = defaultOf(variable)
    t.equal(String(environment[variable]), port, `${name} listens on the default port`)
    t.match(healthcheck?.test.at(-1), `127.0.0.1:${port}/health/ready`, `${name} is asked there`)
  }
})

t.test('our containers have no rights they do not need, and time to stop', async (t) => {
  for (const [name, service] of ours) {
    t.match(service, { read_only: true, init: true, cap_drop: ['ALL'], user: undefined }, name)
    const graceMs = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]) * 1_000
    t.ok(graceMs > Number(defaultOf('SHUTDOWN_GRACE_MS')), `${name} may take its time to stop`)
  }
})

t.test('nobody starts before the migration is done, nor waits for Redis', async (t) => {
  for (const [name, { depends_on }] of ours) {
    if (name === 'migrate') t.strictSame(depends_on, { postgres: { condition: 'service_healthy' } })
    else if (name !== 'simulator') {
      t.equal(depends_on?.migrate?.condition, 'service_completed_successfully', name)
      t.equal(depends_on?.redis?.condition, 'service_started', name)
    }
  }
})

t.test('only the gateway and realtime are published, and on loopback until told otherwise', async (t) => {
  const published = services.filter(([, { ports, profiles }]) => ports && !profiles).map(([name]) => name)
  t.strictSame(published.sort(), ['gateway', 'realtime'])
  for (const port of services.flatMap(([, { ports = [] }]) => ports))
    t.match(port, /^(\$\{PUBLISH_ADDRESS:-127\.0\.0\.1\}|127\.0\.0\.1):/)
})

t.test('secrets have no defaults', async (t) => {
  const secret = /(PASSWORD|KEY|TOKEN|SECRET)$/
  for (const [name, { environment = {} }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      if (secret.test(variable))
        t.match(String(value), /\$\{[A-Z0-9_]+:(\?[^}]{20,}|-)\}/, `${name} must be given ${variable}, or has none`)
    }
  }
})
