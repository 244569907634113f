import t from 'tap'
import { authorization, openGateway } from './open.ts'

/** The only routes that answer without a key, by method. */
const open = new Set([
  'GET /health/live',
  'HEAD /health/live',
  'GET /health/ready',
  'HEAD /health/ready',
  'GET /whatsapp-webhook',
  'HEAD /whatsapp-webhook',
  'POST /whatsapp-webhook'
])

type Route = { method: string; url: string }

/** Every route of the router, read from the tree it prints. */
function routesOf(tree: string): Route[] {
  const above: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', path = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (path === '') return []
    above.splice(indent.length / 4, above.length, path)
    const url = above.join('')
    return methods === '' ? [] : methods.split(', ').map((method) => ({ method, url }))
  })
}

t.test('all routes but health and Meta’s webhook ask for a key, for every method', async (t) => {
  const { app } = await openGateway(t)
  await app.ready()
  const routes = routesOf(app.printRoutes({ commonPrefix: false }))
  t.ok(routes.length > 50, `${routes.length} routes were looked at`)
  for (const { method, url } of routes) {
    if (open.has(`${method} ${url}`)) continue
    const path = url.replace(/:\w+/g, '1').replace('*', '/static/js/main.js')
    for (const address of [path, `${path}/`]) {
      const answer = await app.inject({ method: method as 'GET', url: address })
      t.equal(answer.statusCode, 401, `${method} ${address}`)
    }
  }
  const found = new Set(routes.map(({ method, url }) => `${method} ${url}`))
  for (const route of open) t.ok(found.has(route), `${route} exists`)
})

t.test('a path cannot be spelt so that it gets round the key', async (t) => {
  const { app } = await openGateway(t)
  const spellings = [
    '//contacts',
    '/contacts//',
    '/Contacts',
    '/contacts;x',
    '/contacts%2f',
    '/x/../contacts',
    '/%63ontacts'
  ]
  for (const url of spellings) {
    const { statusCode } = await app.inject(url)
    t.ok(statusCode === 401 || statusCode === 404, `${url}: ${statusCode}`)
  }
})

t.test('other methods do not exist', async (t) => {
  const { app } = await openGateway(t)
  const headers = { authorization }
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
    for (const url of ['/contacts/', '/messages/1/', '/media/1/', '/1/send_message/', '/whatsapp-webhook/']) {
      t.equal((await app.inject({ method, url, headers })).statusCode, 404, `${method} ${url}`)
    }
  }
})

t.test('the board is for operators, who may show the key as a password', async (t) => {
  const { app } = await openGateway(t)
  const password = Buffer.from(`ops:${authorization.slice('Bearer '.length)}`).toString('base64')
  const page = await app.inject({ url: '/ops/queues', headers: { authorization: `Basic ${password}` } })
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], /html/)
  const queues = await app.inject({ url: '/ops/queues/api/queues', headers: { authorization } })
  t.match(queues.json().queues, [
    { name: '{send}', readOnlyMode: true },
    { name: '{ingest}', readOnlyMode: true },
    { name: '{media}', readOnlyMode: true }
  ])
})

t.test('two gateways may run in one process', async (t) => {
  const one = await openGateway(t)
  const two = await openGateway(t, one.config)
  for (const { app } of [one, two]) {
    t.equal((await app.inject({ url: '/contacts/', headers: { authorization } })).statusCode, 200)
  }
})
