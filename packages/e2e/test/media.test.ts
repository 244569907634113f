import { once } from 'node:events'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { eventually } from '@wag/testkit'
import t, { type Test } from 'tap'
import { type ServiceName, startSystem } from '../src/index.ts'

const mebibyte = 1024 * 1024

async function open(t: Test, without: ServiceName[]) {
  const folder = t.testdir()
  const system = await startSystem(t, { without, env: { MEDIA_TEMP_DIR: folder } })
  const { API_KEY, GATEWAY_PORT } = system.env
  const begin = (): ClientRequest => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'multipart/form-data; boundary=b' }
    const sending = request({ port: GATEWAY_PORT, path: '/v1/media', method: 'POST', headers })
    sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n')
    sending.write('content-type: application/pdf\r\n\r\n%PDF-1.7\n')
    return sending
  }
  return { ...system, folder, begin }
}

async function residentMb(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
}

/** Files without a name that a process holds open in a folder. */
async function heldIn(pid: number, folder: string): Promise<number> {
  const descriptors = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  return targets.filter((target) => target.startsWith(folder) && target.endsWith('(deleted)')).length
}

/** Sends a file of so many bytes, as fast as the gateway takes them. */
async function upload(
  sending: ClientRequest,
  megabytes: number
): Promise<{ statusCode: number; body: { id: string } }> {
  const answered = once(sending, 'response')
  const chunk = Buffer.alloc(mebibyte, 'x')
  for (let sent = 0; sent < megabytes; sent++) {
    if (sending.write(chunk)) await turn()
    else await once(sending, 'drain')
  }
  sending.end('\r\n--b--\r\n')
  const [answer] = await answered
  return { statusCode: answer.statusCode, body: JSON.parse(await text(answer)) }
}

t.test('a file of 99 MB takes no more memory than a smaller one, and is sent by its id', async (t) => {
  const { client, services, begin } = await open(t, ['realtime', 'ingest'])
  const pid = services.gateway.pid()
  const start = await residentMb(pid, 'VmRSS')
  await upload(begin(), 40)
  const before = await residentMb(pid, 'VmHWM')
  const { statusCode, body } = await upload(begin(), 99)
  t.match([statusCode, body], [201, { mime_type: 'application/pdf', bytes: 99 * mebibyte + 9 }])
  const grown = (await residentMb(pid, 'VmHWM')) - before
  t.comment(
    `gateway: ${Math.round(start)} MB at its start, ${Math.round(before)} with 40 MB, ${Math.round(grown)} more`
  )
  t.ok(grown < 50, `${Math.round(grown)} MB more`)

  const document = { id: body.id, filename: 'a.pdf' }
  const sent = await client.post('/v1/messages', { to: '+16505551234', type: 'document', document })
  t.equal(sent.status, 202)
  const { id } = sent.body as { id: string }
  await eventually(async () => {
    const { status } = (await client.get(`/v1/messages/${id}`)).body as { status: string }
    return ['sent', 'delivered', 'read'].includes(status)
  })
})

t.test('a gateway that is killed in the middle of a file leaves nothing of it', async (t) => {
  const { services, folder, begin } = await open(t, ['realtime', 'ingest', 'sender', 'simulator'])
  const sending = begin()
  const ended = once(sending, 'response').catch((error: Error) => error)
  sending.write(Buffer.alloc(5 * mebibyte))
  await eventually(async () => (await heldIn(services.gateway.pid(), folder)) === 1)
  t.same(await readdir(folder), [], 'the file has no name')
  await services.gateway.kill()
  t.type(await ended, Error)
  t.same(await readdir(folder), [])
})
