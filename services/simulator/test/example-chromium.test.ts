import { existsSync } from 'node:fs'
import { type ListedContact } from '@wag/contracts'
import { type Client, startSystem } from '@wag/e2e'
import { eventually, type TestContext } from '@wag/testkit'
import { chromium, type Page } from 'playwright-core'
import t from 'tap'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const skip = executablePath === undefined && 'no Chromium is installed: try apt-get install chromium'
/** Where to put a picture of the page at the end, to look at. */
const screenshotPath = process.env.WAG_SCREENSHOT

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run'
]

/** The whole gateway, whose realtime node lets the page in. */
async function startScene(t: TestContext) {
  const system = await startSystem(t, { without: ['realtime'] })
  const origin = `http://127.0.0.1:${system.env.SIMULATOR_PORT}`
  system.env.REALTIME_ORIGINS = origin
  const realtime = await system.addNode('realtime')
  const fragment = new URLSearchParams({ url: realtime.url, token: system.env.API_KEY ?? '' })
  return { client: system.client, realtime: realtime.process, pageUrl: `${origin}/example#${fragment}` }
}

async function openPage(t: TestContext, url: string): Promise<{ page: Page; faults: string[] }> {
  if (executablePath === undefined) throw new Error('no Chromium')
  const browser = await chromium.launch({ executablePath, args })
  t.teardown(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1000, height: 560 }, colorScheme: 'dark' })
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') faults.push(line.text())
  })
  await page.goto(url)
  return { page, faults }
}

/** The cells of every row, newest first, without the time. */
async function rowsOf(page: Page): Promise<string[][]> {
  const rows = await page.locator('#messages tr').all()
  return Promise.all(rows.map(async (row) => (await row.locator('td').allTextContents()).slice(0, 4)))
}

async function contactOf(client: Client): Promise<ListedContact> {
  return eventually(async () => ((await client.get('/contacts/')).body as ListedContact[])[0])
}

t.test('a message sent by API appears and turns to read, also after realtime was killed', { skip }, async (t) => {
  const { client, realtime, pageUrl } = await startScene(t)
  const { page, faults } = await openPage(t, pageUrl)
  const state = page.locator('#state')
  await eventually(async () => (await state.textContent()) === 'connected', { timeoutMs: 15_000 })
  await page.evaluate("window.mark = 'not reloaded'")

  await client.control('messages', { from: '16505551234', profile_name: 'Ada', text: '<b>Is it open?</b>' })
  const { id } = await contactOf(client)
  const incoming = ['← in', String(id), '<b>Is it open?</b>', 'received']
  await client.post(`/${id}/send_message/`, { to: '16505551234', type: 'text', body: 'Yes, until nine' })
  const seen = new Set<string | undefined>()
  await eventually(async () => {
    const rows = await rowsOf(page)
    seen.add(rows[0]?.[3])
    t.context.rows = rows
    return rows[0]?.[3] === 'read'
  })
  t.same(
    t.context.rows,
    [['→ out', String(id), 'Yes, until nine', 'read'], incoming],
    'what a customer writes is no HTML'
  )
  t.ok(seen.has('sent') || seen.has('delivered'), 'it was seen on its way')
  t.same(faults, [], 'the policy forbids nothing that the page needs')

  await realtime.kill()
  await eventually(async () => (await state.textContent()) !== 'connected')
  await client.post(`/${id}/send_message/`, { to: '16505551234', type: 'text', body: 'Do come in' })
  await realtime.start()
  await client.post('/send-template-message/', { to_phone_number: '16505551234', template_name: 'hello_world' })
  await eventually(
    async () => {
      const rows = await rowsOf(page)
      if (rows.length === 4 && rows.slice(0, 3).every(([, , , status]) => status === 'read')) return true
      throw new Error(JSON.stringify(rows))
    },
    { timeoutMs: 20_000 }
  )
  t.same(await rowsOf(page), [
    ['→ out', String(id), 'template hello_world', 'read'],
    ['→ out', String(id), 'Do come in', 'read'],
    ['→ out', String(id), 'Yes, until nine', 'read'],
    incoming
  ])
  await eventually(async () => (await page.locator('#cursor').textContent()) === '10')
  t.match(await page.locator('#lag').textContent(), /^\d+ ms$/)
  t.equal(await page.evaluate('window.mark'), 'not reloaded')
  if (screenshotPath) await page.screenshot({ path: screenshotPath })
})
