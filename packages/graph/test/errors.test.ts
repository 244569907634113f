import { type PauseScope } from '@wag/contracts'
import t from 'tap'
import {
  classify,
  type ErrorAction,
  type ErrorClass,
  type ErrorScope,
  explain,
  isKnown,
  knownErrors
} from '../src/index.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

type Pause = { scope: PauseScope; resumesAfterMs?: number }
type Row = [name: ErrorClass, scope: ErrorScope, action: ErrorAction, pause: Pause | undefined, codes: number[]]

const rows: Row[] = [
  ['auth_fatal', 'token', 'fail', { scope: 'token' }, [0, 10, 102, 190, 200, 250, 299, 131005]],
  ['auth_fatal', 'app', 'fail', { scope: 'app' }, [3, 104]],
  ['integrity_pause', 'waba', 'fail', { scope: 'waba' }, [368, 131031]],
  ['integrity_pause', 'waba', 'fail', { scope: 'waba', resumesAfterMs: 24 * hourMs }, [131064]],
  ['integrity_pause', 'number', 'fail', { scope: 'number' }, [131048]],
  [
    'account_config',
    'number',
    'fail',
    { scope: 'number', resumesAfterMs: 15 * minuteMs },
    [131035, 131037, 131045, 133006, 133010]
  ],
  ['account_config', 'waba', 'fail', { scope: 'waba', resumesAfterMs: 15 * minuteMs }, [131042]],
  ['account_config', 'message', 'fail', undefined, [131044, 134011]],
  ['template_state', 'template', 'fail', { scope: 'template', resumesAfterMs: 3 * hourMs }, [132015, 132016, 132068]],
  ['template_state', 'template', 'fail', { scope: 'template', resumesAfterMs: 3 * hourMs }, [134102]],
  ['template_state', 'template', 'fail', { scope: 'template', resumesAfterMs: hourMs }, [132069]],
  ['throttle', 'app', 'wait', undefined, [4, 341, 613]],
  ['throttle', 'token', 'wait', undefined, [17]],
  ['throttle', 'waba', 'wait', undefined, [80007, 80008]],
  ['throttle', 'number', 'wait', undefined, [130429, 131208, 133016]],
  ['throttle', 'pair', 'wait', undefined, [131056]],
  ['transient', 'message', 'settle', undefined, [1, 131000]],
  ['transient', 'app', 'settle', undefined, [2, 131016, 133004]],
  ['transient', 'number', 'settle', undefined, [131057, 2494100]],
  ['transient', 'template', 'wait', undefined, [134101]],
  ['recipient_permanent', 'message', 'fail', undefined, [1026, 130403, 130472, 130497, 131021, 131026, 131030, 131036]],
  ['recipient_permanent', 'message', 'fail', undefined, [131203, 137000]],
  ['recipient_cooldown', 'message', 'fail', undefined, [131049]],
  ['recipient_opt_out', 'message', 'fail', undefined, [131050]],
  ['window_closed', 'message', 'fail', undefined, [131047]],
  [
    'request_permanent',
    'message',
    'fail',
    undefined,
    [33, 100, 131008, 131009, 131051, 131053, 131055, 131062, 135000]
  ],
  ['request_permanent', 'message', 'fail', undefined, [132000, 132001, 132012, 134100, 131041, 131209, 131215]],
  ['request_permanent', 'waba', 'fail', undefined, [131063]],
  ['inbound_info', 'message', 'fail', undefined, [131052, 131060, 2593109]],
  ['management_only', 'number', 'fail', undefined, [133000, 133015, 136024]],
  ['management_only', 'waba', 'fail', undefined, [139000, 139100, 139102, 147003, 200005, 2388073, 2593108, 1752041]],
  ['management_only', 'waba', 'fail', undefined, [139555, 200050, 2388555, 2593555]],
  ['calling', 'message', 'fail', undefined, [138000, 138022, 138555]]
]

for (const [name, scope, action, pause, codes] of rows) {
  t.test(`${name} reaches as far as its ${scope}: ${action}: ${codes.join(', ')}`, async (t) => {
    for (const code of codes) {
      const found = classify(code)
      t.match(found, { class: name, scope, action }, String(code))
      t.strictSame(found.pause, pause, `${code}: what stops`)
    }
  })
}

t.test('a code that nobody knows fails its message and nothing else', async (t) => {
  for (const code of [undefined, -1, 5, 199, 300, 131999, 2_000_000_000, Number.NaN]) {
    t.match(classify(code), { class: 'request_permanent', scope: 'message', action: 'fail' }, String(code))
    t.equal(classify(code).pause, undefined, String(code))
    t.notOk(isKnown(code), String(code))
  }
})

t.test('every code is explained in a sentence or three of its own; what has no code is not', async (t) => {
  const said = new Map<string, unknown>()
  for (const { code, title, advice } of knownErrors) {
    const first = typeof code === 'number' ? code : code[0]
    if (typeof code === 'number') t.strictSame(explain(first), { title, advice }, String(first))
    t.ok(title.length >= 8 && title.length <= 60 && !title.endsWith('.'), `${first}: ${title}`)
    t.match(advice, /^[A-Z].{20,280}[.]$/, String(first))
    t.notOk(said.has(title), `${first} and ${String(said.get(title))} have the same title`)
    said.set(title, code)
  }
  t.match(explain(999_999), { title: /do not know/, advice: /Read Meta's text/ })
  t.equal(explain(undefined), undefined)
})

t.test('no code stands in the table twice', async (t) => {
  const codes = knownErrors.flatMap(({ code }) => (typeof code === 'number' ? [code] : []))
  t.equal(new Set(codes).size, codes.length)
})
