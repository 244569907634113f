import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { judgeMedia, type MediaClaim, type Sniffed, sniffMedia } from '../src/index.ts'
import { type SampleName, samples } from './media-samples.ts'

async function sniff(t: Test, name: SampleName): Promise<Sniffed> {
  const handle = await open(join(t.testdir(), 'file'), 'wx+')
  try {
    await handle.write(samples[name])
    return await sniffMedia(handle, samples[name].length)
  } finally {
    await handle.close()
  }
}

async function judge(t: Test, name: SampleName, claim: Partial<MediaClaim> = {}) {
  const { length } = samples[name]
  return judgeMedia(await sniff(t, name), { bytes: length, declared: undefined, mustAgree: true, ...claim })
}

const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const slides = 'application/vnd.openxmlformats-officedocument.presentationml.presentation'

const told: [SampleName, string, string][] = [
  ['jpeg', 'image/jpeg', 'image'],
  ['png', 'image/png', 'image'],
  ['webp', 'image/webp', 'sticker'],
  ['webpAnimated', 'image/webp', 'sticker'],
  ['aac', 'audio/aac', 'audio'],
  ['amr', 'audio/amr', 'audio'],
  ['mp3', 'audio/mpeg', 'audio'],
  ['mp3Tagged', 'audio/mpeg', 'audio'],
  ['m4a', 'audio/mp4', 'audio'],
  ['oggOpus', 'audio/ogg', 'audio'],
  ['mp4', 'video/mp4', 'video'],
  ['isom', 'video/mp4', 'video'],
  ['threeGp', 'video/3gpp', 'video'],
  ['pdf', 'application/pdf', 'document'],
  ['docx', word, 'document'],
  ['xlsx', sheet, 'document'],
  ['pptx', slides, 'document'],
  ['text', 'text/plain', 'document']
]

t.test('every type Meta takes is told from its bytes', async (t) => {
  for (const [name, mimeType, kind] of told) t.strictSame(await judge(t, name), { mimeType, kind }, name)
})

t.test('what Meta does not take is refused with what it is and what it must be', async (t) => {
  const rows: [SampleName, RegExp][] = [
    ['gif', /^is image\/gif; a file must be image\/jpeg, /],
    ['quicktime', /^is video\/quicktime/],
    ['zip', /^is application\/zip/],
    ['oggVorbis', /^is Ogg without the codec Opus/],
    ['program', /^is application\/x-elf/],
    ['noise', /^is of no known type/],
    ['compound', /^must be declared as application\/msword, application\/vnd.ms-excel, /],
    ['empty', /^is empty/]
  ]
  for (const [name, rule] of rows) t.match(await judge(t, name), { rule, isTooLarge: false }, name)
})

t.test('a declared type must be what the bytes are', async (t) => {
  t.match(await judge(t, 'jpeg', { declared: 'image/png' }), {
    rule: 'is declared as "image/png", but its bytes are image/jpeg'
  })
  t.match(await judge(t, 'html', { declared: 'application/pdf' }), { rule: /bytes are text\/plain/ })
  t.match(await judge(t, 'text', { declared: 'text/csv' }), { rule: /^is declared as "text\/csv"; a file must be/ })
  t.match(await judge(t, 'png', { declared: 'image/png\r\nx: y' }), { rule: /^is declared as "image\/png\\r\\nx: y"/ })
  t.match(await judge(t, 'm4a', { declared: 'video/mp4' }), { rule: /bytes are audio\/mp4/ })
})

t.test('a declared type settles what the bytes leave open', async (t) => {
  const rows: [SampleName, string, string][] = [
    ['compound', 'application/vnd.ms-excel', 'application/vnd.ms-excel'],
    ['mp4', 'audio/mp4', 'audio/mp4'],
    ['m4a', 'audio/x-m4a', 'audio/mp4'],
    ['threeGp', 'video/3gp', 'video/3gpp'],
    ['oggOpus', 'audio/ogg; codecs=opus', 'audio/ogg'],
    ['jpeg', 'IMAGE/JPG', 'image/jpeg'],
    ['png', 'application/octet-stream', 'image/png'],
    ['xml', 'text/plain; charset=utf-8', 'text/plain'],
    ['html', 'text/plain', 'text/plain']
  ]
  for (const [name, declared, mimeType] of rows) t.match(await judge(t, name, { declared }), { mimeType }, declared)
})

t.test('behind a link the bytes decide, and the server is believed only where they leave it open', async (t) => {
  const link = (name: SampleName, kind: MediaClaim['kind'], declared?: string) =>
    judge(t, name, { declared, mustAgree: false, ...(kind && { kind }) })
  t.match(await link('png', 'image', 'text/html'), { mimeType: 'image/png' })
  t.match(await link('mp4', 'audio', 'video/mp4'), { mimeType: 'audio/mp4' })
  t.match(await link('compound', 'document', 'application/msword'), { mimeType: 'application/msword' })
  t.match(await link('text', 'document'), { mimeType: 'text/plain' })
  t.match(await link('html', 'document', 'text/html'), { rule: /^is declared as "text\/html"/ })
  t.match(await link('html', 'image', 'text/html'), {
    rule: /^is text\/plain; the file of an image message must be image\/jpeg, image\/png$/
  })
  t.match(await link('webp', 'image', 'image/webp'), { rule: /^is image\/webp; the file of an image message/ })
  t.match(await link('pdf', 'sticker'), { rule: /the file of a sticker message must be image\/webp/ })
  t.match(await link('png', 'document', 'application/pdf'), { rule: /^is image\/png/ })
})

t.test('each type has Meta’s size, to the byte', async (t) => {
  const rows: [SampleName, number][] = [
    ['jpeg', 5_242_880],
    ['oggOpus', 16_777_216],
    ['mp4', 16_777_216],
    ['pdf', 104_857_600],
    ['webp', 102_400],
    ['webpExtended', 102_400],
    ['webpAnimated', 512_000]
  ]
  for (const [name, bytes] of rows) {
    t.hasOwnProps(await judge(t, name, { bytes }), ['mimeType'], name)
    const rule = `has ${bytes + 1} bytes; Meta takes ${bytes}`
    t.match(await judge(t, name, { bytes: bytes + 1 }), { isTooLarge: true, rule: new RegExp(rule) }, name)
  }
})
