import { randomUUID } from 'node:crypto'

export type FormPart = { name: string; value: string | Buffer; filename?: string; type?: string }

/** A multipart form for `inject`: its headers and its body. */
export function formOf(...parts: FormPart[]): { headers: Record<string, string>; payload: Buffer } {
  const boundary = randomUUID()
  const chunks = parts.map(({ name, value, filename, type }) => {
    const named = filename === undefined ? '' : `; filename="${filename}"`
    const typed = type === undefined ? '' : `content-type: ${type}\r\n`
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${named}\r\n${typed}\r\n`
    return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')])
  })
  const payload = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload }
}

/** A picture of any size, different for each `seed`. */
export function pngOf(bytes = 200, seed = ''): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108020000009077', 'hex')
  return Buffer.concat([
    head,
    Buffer.from('53de0000000149444154', 'hex'),
    Buffer.from(seed),
    Buffer.alloc(bytes)
  ]).subarray(0, bytes)
}
