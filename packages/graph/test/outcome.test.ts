import t from 'tap'
import { readOutcome, type SendOutcome } from '../src/outcome.ts'

type Row = [
  name: string,
  status: number,
  body: unknown,
  expected: { kind: SendOutcome['kind']; [key: string]: unknown }
]

function outcomeOf(status: number, body: unknown, retryAfterSeconds?: number): unknown {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
  return readOutcome({ kind: 'answered', answer: { status, body: bytes, retryAfterSeconds } })
}

function errorOf(code: number, more: Record<string, unknown> = {}): unknown {
  return { error: { message: `(#${code}) Text`, type: 'OAuthException', code, fbtrace_id: 'x', ...more } }
}

const html = '<!doctype html><title>Error</title>'
const accepted = { messages: [{ id: 'wamid.A' }], contacts: [{ input: '+1', wa_id: '1' }] }
const wait: Row[3] = { kind: 'throttled', scope: 'number', retryAfterMs: 1000 }

const bare: Row[3] = { kind: 'failed', class: 'request_permanent', pause: undefined }
const tokenPaused: Row[3] = { kind: 'failed', class: 'auth_fatal', pause: { scope: 'token' } }

const rows: Row[] = [
  ['accepted', 200, accepted, { kind: 'sent', wamid: 'wamid.A', waId: '1' }],
  ['accepted, number hidden', 200, { ...accepted, contacts: [{ wa_id: '' }] }, { kind: 'sent', wamid: 'wamid.A' }],
  [
    'accepted, number of digits',
    200,
    '{"messages":[{"id":12345678901234567890}]}',
    { kind: 'sent', wamid: '12345678901234567890' }
  ],
  ['200 without an id', 200, { messages: [{}] }, { kind: 'unknown' }],
  ['200 of another call', 200, { success: true }, { kind: 'unknown' }],
  ['200 empty', 200, '', { kind: 'unknown' }],
  ['200 HTML', 200, html, { kind: 'unknown' }],
  ['200 null', 200, null, { kind: 'unknown' }],
  ['204', 204, '', { kind: 'unknown' }],
  ['an id under a 500', 500, accepted, { kind: 'unknown' }],

  ['token expired', 401, errorOf(190), tokenPaused],
  ['missing capability under a 500', 500, errorOf(3), { kind: 'failed', class: 'auth_fatal' }],
  ['policy', 403, errorOf(368), { kind: 'failed', class: 'integrity_pause' }],
  ['spam', 400, errorOf(131048), { kind: 'failed', class: 'integrity_pause' }],
  ['window closed', 400, errorOf(131047), { kind: 'failed', class: 'window_closed' }],
  ['recipient', 400, errorOf(131026), { kind: 'failed', class: 'recipient_permanent' }],
  ['cooldown', 400, errorOf(131049), { kind: 'failed', class: 'recipient_cooldown' }],
  ['opted out', 400, errorOf(131050), { kind: 'failed', class: 'recipient_opt_out' }],
  ['template missing', 404, errorOf(132001), { kind: 'failed', class: 'request_permanent' }],
  ['template paused', 400, errorOf(132015), { kind: 'failed', class: 'template_state' }],
  ['payment', 402, errorOf(131042), { kind: 'failed', class: 'account_config' }],
  ['media from a webhook', 400, errorOf(131052), { kind: 'failed', class: 'inbound_info' }],
  ['management', 400, errorOf(133005), { kind: 'failed', class: 'management_only' }],
  ['calling', 429, errorOf(138005), { kind: 'failed', class: 'calling' }],
  ['an unknown code', 400, errorOf(999_999), { kind: 'failed', class: 'request_permanent' }],

  ['throughput under a 400', 400, errorOf(130429), wait],
  ['throughput under a 429', 429, errorOf(130429), wait],
  ['throughput under a 500', 500, errorOf(130429), wait],
  ['pair', 400, errorOf(131056), { kind: 'throttled', scope: 'pair', retryAfterMs: 1000 }],
  ['account', 400, errorOf(80007), { kind: 'throttled', scope: 'waba', retryAfterMs: 60_000 }],
  ['app', 400, errorOf(4), { kind: 'throttled', scope: 'app', retryAfterMs: 60_000 }],
  ['template syncing', 400, errorOf(134101), { kind: 'throttled', scope: 'template', retryAfterMs: 600_000 }],
  ['registration', 400, errorOf(133016), { kind: 'throttled', scope: 'number', retryAfterMs: 60_000 }],

  ['a fault under a 500', 500, errorOf(131000), { kind: 'unknown', error: { code: 131000 } }],
  ['a fault under a 400', 400, errorOf(1), { kind: 'unknown', error: { code: 1 } }],
  ['unavailable', 503, errorOf(2), { kind: 'unknown' }],
  ['maintenance', 500, errorOf(131057), { kind: 'unknown' }],
  ['an unknown code under a 500', 500, errorOf(999_999), { kind: 'unknown' }],
  ['an unknown code that calls itself transient', 400, errorOf(999_999, { is_transient: true }), { kind: 'unknown' }],
  ['an error without a code', 500, { error: { message: 'Oops' } }, { kind: 'unknown', error: { message: 'Oops' } }],

  ['HTML 429', 429, html, wait],
  ['HTML 408', 408, html, { kind: 'unknown' }],
  ['HTML 500', 500, html, { kind: 'unknown' }],
  ['HTML 502', 502, html, { kind: 'unknown' }],
  ['HTML 302', 302, html, { kind: 'failed', class: 'request_permanent', error: { message: /GRAPH_URL/ } }],
  ['HTML 307', 307, html, { kind: 'failed', class: 'request_permanent', error: { message: /not followed/ } }],
  ['HTML 400', 400, html, { kind: 'failed', class: 'request_permanent' }],
  ['HTML 401', 401, html, bare],
  ['HTML 403', 403, html, bare],
  ['HTML 404', 404, html, bare],
  ['HTML 407', 407, html, { kind: 'unsent' }],
  ['HTML 413', 413, html, { kind: 'failed', class: 'request_permanent', error: { message: /too large/ } }],
  ['JSON 403 of no error', 403, [1], bare],
  [
    'an error of 401 without a code',
    401,
    { error: { message: 'Oops' } },
    { ...tokenPaused, error: { message: 'Oops' } }
  ],
  ['an error of 403 without a code', 403, { error: { message: 'Oops' } }, tokenPaused]
]

for (const [name, status, body, expected] of rows) {
  t.test(`${name} is ${expected.kind}`, async (t) => t.match(outcomeOf(status, body), expected))
}

t.test("Meta's texts are passed on as they are", async (t) => {
  const error = { message: 'M', code: 131009, error_data: { messaging_product: 'whatsapp', details: 'D' } }
  t.strictSame(outcomeOf(400, { error: { ...error, error_user_title: 'T' } }), {
    kind: 'failed',
    error: { code: 131009, title: 'T', message: 'M', details: 'D' },
    class: 'request_permanent'
  })
  t.match(outcomeOf(400, { error: { code: 100, error_data: 'plain' } }), {
    error: { message: 'plain', details: 'plain' }
  })
  t.match(outcomeOf(400, { error: { code: '100' } }), { error: { code: 100, message: 'Meta gave no message' } })
})

t.test('a Retry-After is heeded, but neither without end nor below our own wait', async (t) => {
  t.match(outcomeOf(429, html, 7), { retryAfterMs: 7000 })
  t.match(outcomeOf(429, html, 0), { retryAfterMs: 1000 })
  t.match(outcomeOf(429, html, 99_999), { retryAfterMs: 3_600_000 })
})

t.test('what Meta says of the time until calls are allowed again is heeded for the account', async (t) => {
  const usage = (minutes: unknown) =>
    JSON.stringify({ '1': [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: minutes }] })
  const wait = (code: number, given: string) => {
    const body = Buffer.from(JSON.stringify(errorOf(code)))
    return readOutcome({ kind: 'answered', answer: { status: 400, body, retryAfterSeconds: undefined, usage: given } })
  }
  t.match(wait(80007, usage(7)), { retryAfterMs: 420_000 })
  t.match(wait(80007, usage(0)), { retryAfterMs: 60_000 })
  t.match(wait(80007, usage(600)), { retryAfterMs: 3_600_000 })
  t.match(wait(130429, usage(7)), { retryAfterMs: 1000 }, 'the pace of a number is not the allowance of an account')
  for (const given of ['', 'x', '[]', '{"1":5}', '{"1":[null]}', usage('7'), usage(null), usage(-5)]) {
    t.match(wait(4, given), { retryAfterMs: 60_000 }, given)
  }
})
