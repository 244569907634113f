import t from 'tap'
import { startSimulator } from './start.ts'

t.test('the example page loads nothing inline and nothing from elsewhere', async (t) => {
  const { url } = await startSimulator(t)
  const answer = await fetch(`${url}/example`)
  const html = await answer.text()
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), 'text/html')
  const policy = answer.headers.get('content-security-policy') ?? ''
  t.match(policy, "default-src 'none'; script-src 'self'; style-src 'self'")
  t.notMatch(policy, /unsafe/)
  t.notMatch(html, /<script(?![^>]* src=)|<style|style=|\son\w+=/)
  const paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
  t.same(
    paths.filter((path) => !path.startsWith('/example/')),
    ['data:,']
  )
})

t.test('every module that the page loads is served as a script, and none writes HTML', async (t) => {
  const { url } = await startSimulator(t)
  const seen = new Map<string, string>()
  const queue = [`${url}/example/page.js`]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    const answer = await fetch(next)
    t.equal(answer.status, 200, next)
    t.match(answer.headers.get('content-type'), 'text/javascript')
    const source = await answer.text()
    seen.set(next, source)
    for (const [, path = ''] of source.matchAll(/^(?:import|export) .*from ['"](.+)['"]/gm)) {
      queue.push(new URL(path, next).href)
    }
  }
  t.ok(seen.has(`${url}/example/client/socket.io-client.js`), 'down to Socket.IO')
  t.notMatch(seen.get(`${url}/example/page.js`), /innerHTML|insertAdjacentHTML|document\.write/)
})

t.test('nothing else is served below it', async (t) => {
  const { url } = await startSimulator(t)
  for (const path of ['nothing.js', '../app.ts', 'client/browser.js', '..%2fapp.ts']) {
    const answer = await fetch(`${url}/example/${path}`)
    t.ok([401, 404].includes(answer.status), `${path}: ${answer.status}`)
  }
})
