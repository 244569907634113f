import { crc32 } from 'node:zlib'

// The first bytes of files of every kind: as much as tells what they are.

const bytes = (...parts: (string | number[] | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

const zeros = (count: number): Buffer => Buffer.alloc(count)

function ftyp(brand: string): Buffer {
  return bytes([0, 0, 0, 24], 'ftyp', brand, [0, 0, 2, 0], brand, 'isom', zeros(64))
}

function ogg(packet: string): Buffer {
  return bytes('OggS', [0, 2], zeros(20), [1, 19], packet, zeros(64))
}

function webp(chunk: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(chunk.length + 4)
  return bytes('RIFF', size, 'WEBP', chunk)
}

/** A ZIP file whose entries are stored as they are. */
export function zip(entries: Record<string, string>): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const common = Buffer.alloc(22)
    common.writeUInt32LE(crc32(text), 10)
    common.writeUInt32LE(text.length, 14)
    common.writeUInt32LE(text.length, 18)
    const lengths = Buffer.alloc(4)
    lengths.writeUInt16LE(name.length, 0)
    const file = bytes('PK\x03\x04', [20, 0], common.subarray(2), lengths, name, text)
    const at = Buffer.alloc(4)
    at.writeUInt32LE(offset)
    directory.push(bytes('PK\x01\x02', [20, 0, 20, 0], common.subarray(2), lengths, zeros(10), at, name))
    offset += file.length
    files.push(file)
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(offset, 12)
  return bytes(...files, ...directory, 'PK\x05\x06', end)
}

function office(kind: string): Buffer {
  const type = `application/vnd.openxmlformats-officedocument.${kind}.main+xml`
  return zip({
    '_rels/.rels': '<Relationships/>',
    '[Content_Types].xml': `<?xml version="1.0"?><Types><Override PartName="/x.xml" ContentType="${type}"/></Types>`
  })
}

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const ihdr = bytes([0, 0, 0, 13], 'IHDR', [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde])

export const samples = {
  jpeg: bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF', zeros(64)),
  png: bytes(png, ihdr, [0, 0, 0, 1], 'IDAT', zeros(64)),
  gif: bytes('GIF89a', zeros(64)),
  webp: webp(bytes('VP8 ', [16, 0, 0, 0], zeros(16))),
  webpExtended: webp(bytes('VP8X', [10, 0, 0, 0, 0x10], zeros(25))),
  webpAnimated: webp(bytes('VP8X', [10, 0, 0, 0, 0x02], zeros(25))),
  aac: bytes([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc], zeros(64)),
  amr: bytes('#!AMR\n', zeros(64)),
  mp3: bytes([0xff, 0xfb, 0x90, 0x64], zeros(413), [0xff, 0xfb, 0x90, 0x64], zeros(413)),
  mp3Tagged: bytes('ID3', [3, 0, 0, 0, 0, 0, 10], zeros(10), [0xff, 0xfb, 0x90, 0x64], zeros(413)),
  m4a: ftyp('M4A '),
  oggOpus: ogg('OpusHead'),
  oggVorbis: ogg('\x01vorbis'),
  mp4: ftyp('mp42'),
  isom: ftyp('isom'),
  threeGp: ftyp('3gp4'),
  quicktime: ftyp('qt  '),
  pdf: bytes('%PDF-1.7\n', zeros(64)),
  docx: office('wordprocessingml.document'),
  xlsx: office('spreadsheetml.sheet'),
  pptx: office('presentationml.presentation'),
  zip: zip({ 'a.txt': 'hello' }),
  compound: bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], zeros(512)),
  text: Buffer.from('Grüße, hello\n'),
  html: Buffer.from('<!doctype html><html><body>Sign in</body></html>'),
  xml: Buffer.from('<?xml version="1.0"?><a/>'),
  program: bytes([0x7f], 'ELF', [2, 1, 1], zeros(64)),
  noise: bytes([1, 2, 0, 3, 0, 4], zeros(64)),
  empty: Buffer.alloc(0)
}

export type SampleName = keyof typeof samples
