import t from 'tap'
import { composeText, variablesOf } from './compose-file.ts'
import { defaultOf, knownSettings, settingsOf } from './compose-settings.ts'
import { read, tableRows } from './docs-file.ts'

const documented = tableRows(await read('docs/configuration.md'))
const example = new Map(
  [...(await read('.env.example')).matchAll(/^(#?)([A-Z0-9_]+)=(.*)$/gm)].map(([, mark, name = '', value = '']) => [
    name,
    { isSet: mark === '', value }
  ])
)

/** Variables that are no setting of a service: those of docker-compose.yml, and two that only `npm start` reads. */
const others = new Set(['POSTGRES_PORT', 'REDIS_PORT'])
for (const name of variablesOf(composeText)) if (!knownSettings.has(name)) others.add(name)
const everything = [...knownSettings.keys(), ...others].sort()

const migrateReads = namesIn((await read('infra/migrate.ts')).split('pickSettings(')[1]?.split(')')[0] ?? '')

function namesIn(text: string): string[] {
  return [...text.matchAll(/'([A-Z0-9_]+)'/g)].map(([, name = '']) => name)
}

function readersOf(name: string): string {
  const services = [...settingsOf].filter(([, names]) => names.includes(name)).map(([service]) => service)
  if (services.length === settingsOf.size) return 'every service'
  return [...services, ...(migrateReads.includes(name) ? ['migrate'] : [])].join(', ') || 'npm start'
}

t.test('docs/configuration.md and .env.example name every variable there is, and no other', async (t) => {
  t.strictSame([...documented.keys()].sort(), everything, 'docs/configuration.md')
  t.strictSame([...example.keys()].sort(), everything, '.env.example')
  t.ok(migrateReads.length > 3)
})

t.test('default, readers and meaning of a setting are what the code says', async (t) => {
  for (const [name, schema] of knownSettings) {
    const value = 'default' in schema ? defaultOf(name) || 'empty' : 'required'
    const shown = /^(empty|required)$/.test(value) ? value : `\`${value}\``
    t.strictSame(documented.get(name), [shown, readersOf(name), schema.description], name)
  }
})

t.test('.env.example sets nothing but names what must be filled in, and shows the defaults', async (t) => {
  for (const [name, { isSet, value }] of example) {
    if (isSet) t.match([value, defaultOf(name)], ['', ''], `${name} is for the operator to fill in`)
    else if (knownSettings.has(name)) t.equal(value, defaultOf(name), name)
  }
})

t.test('.env.example leaves open exactly what docker-compose.yml insists on', async (t) => {
  const required = [...composeText.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name = '']) => name)
  const open = [...example].filter(([, { isSet }]) => isSet).map(([name]) => name)
  t.strictSame(open.sort(), [...new Set(required)].sort())
})
