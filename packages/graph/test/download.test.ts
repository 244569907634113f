import { type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { createDownloads } from '../src/index.ts'
import { isMetaAddress } from '../src/media-hosts.ts'
import { type Recorded, startHttp, startTcp, token } from './servers.ts'

const never = new AbortController().signal

async function open(t: Tap, answer: (response: ServerResponse, request: Recorded) => void) {
  const server = await startHttp(scopeOf(t), answer)
  const downloads = createDownloads({ graphUrl: `${server.url}/with/a/path`, timeoutMs: 2_000 })
  t.teardown(() => downloads.close())
  return { server, downloads }
}

type Tap = { teardown(fn: () => unknown): unknown }
const scopeOf = (t: Tap) => ({ after: (close: () => unknown) => void t.teardown(close) })

t.test('the token goes to these addresses and to no other', async (t) => {
  const graphUrl = 'http://127.0.0.1:3002/graph'
  const trusted = [
    'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
    'https://graph.facebook.com/x',
    'https://scontent-ber1-1.xx.fbcdn.net/v/t1',
    'https://mmg.whatsapp.net/x',
    'https://LOOKASIDE.fbsbx.com:443/x',
    'http://127.0.0.1:3002/anything'
  ]
  const foreign = [
    'http://lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'https://lookaside.fbsbx.com.evil.example/x',
    'https://evil.example/lookaside.fbsbx.com',
    'https://lookaside.fbsbx.com@evil.example/x',
    'https://user@lookaside.fbsbx.com/x',
    'https://x.lookaside.fbsbx.com/x',
    'https://evilfbcdn.net/x',
    'https://fbcdn.net.evil.example/x',
    'https://evil.example/?.fbcdn.net',
    'http://127.0.0.1:3003/x',
    'http://localhost:3002/x',
    'https://127.0.0.1:3002/x',
    'ftp://graph.facebook.com/x',
    'file:///etc/passwd'
  ]
  for (const link of trusted) t.ok(isMetaAddress(new URL(link), graphUrl), link)
  for (const link of foreign) t.notOk(isMetaAddress(new URL(link), graphUrl), link)
})

t.test('bytes come as they are, with our name and the token', async (t) => {
  const { server, downloads } = await open(t, (response) =>
    response.writeHead(200, { 'content-length': 5 }).end('bytes')
  )
  const download = await downloads.open(`${server.url}/file`, token, never)
  if (download.kind !== 'open') return t.fail(download.kind)
  t.equal(download.bytes, 5)
  t.equal((await buffer(download.body)).toString(), 'bytes')
  t.match(server.requests[0], {
    method: 'GET',
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'wag', 'accept-encoding': 'identity' }
  })
})

t.test('what is no 200 says what to do', async (t) => {
  const { server, downloads } = await open(
    t,
    (response, { url }) => void response.writeHead(Number(url.slice(1))).end('x')
  )
  const kindOf = async (status: number) => (await downloads.open(`${server.url}/${status}`, token, never)).kind
  for (const status of [401, 403, 404, 410]) t.equal(await kindOf(status), 'stale', `${status}`)
  for (const status of [204, 206, 302, 304, 400, 429, 500, 503])
    t.equal(await kindOf(status), 'unavailable', `${status}`)
})

t.test('a redirect is followed without the token, to trusted hosts, and not for ever', async (t) => {
  const stranger = await startHttp(scopeOf(t), (response) => response.end('stranger'))
  const { server, downloads } = await open(t, (response, { url }) => {
    if (url === '/end') return void response.end('bytes')
    const targets: Record<string, string> = {
      '/home': '/end',
      '/stranger': `${stranger.url}/x`,
      '/name': server.url.replace('127.0.0.1', 'localhost'),
      '/loop': '/loop',
      '/file': 'file:///etc/passwd'
    }
    response.writeHead(302, { location: targets[url] ?? '' }).end()
  })
  const kindOf = async (path: string) => {
    const download = await downloads.open(server.url + path, token, never)
    if (download.kind === 'open') await download.body.dump()
    return download.kind
  }
  t.equal(await kindOf('/home'), 'open')
  t.equal(server.requests.find(({ url }) => url === '/end')?.headers.authorization, undefined)
  for (const path of ['/stranger', '/name', '/file', '/loop']) t.equal(await kindOf(path), 'foreign', path)
  t.strictSame(stranger.requests, [])
  t.equal(server.requests.filter(({ url }) => url === '/loop').length, 4)
  t.equal((await downloads.open(`${stranger.url}/x`, token, never)).kind, 'foreign')
  t.strictSame(stranger.requests, [], 'nobody foreign was ever asked')
})

t.test('silence, broken connections and a stop end a download, each in its time', async (t) => {
  const { server, downloads } = await open(t, (response, { url }) => {
    if (url === '/silent') return
    response.writeHead(200, { 'content-length': 100 }).write('the beginning')
    if (url === '/short') setTimeout(() => response.destroy(), 20)
  })
  t.equal((await downloads.open(`${server.url}/silent`, token, never)).kind, 'unavailable')
  for (const path of ['/short', '/stalls', '/stopped']) {
    const download = await downloads.open(
      server.url + path,
      token,
      path === '/stopped' ? AbortSignal.timeout(300) : never
    )
    if (download.kind !== 'open') return t.fail(download.kind)
    await t.rejects(buffer(download.body), path)
  }
  const unread = await downloads.open(`${server.url}/stalls`, token, never)
  if (unread.kind === 'open') unread.body.destroy()
  const broken = await startTcp(scopeOf(t), (socket) => socket.destroy())
  const others = createDownloads({ graphUrl: broken.url, timeoutMs: 1_000 })
  t.teardown(() => others.close())
  t.match(await others.open(`${broken.url}/x`, token, never), { kind: 'unavailable' })
})
