import t from 'tap'
import { classify, type ErrorAction, type ErrorClass, type ErrorScope } from '../src/index.ts'

const rows: [ErrorClass, ErrorScope, ErrorAction, number[]][] = [
  ['auth_fatal', 'token', 'fail', [0, 10, 190, 200, 250, 299, 131005]],
  ['auth_fatal', 'app', 'fail', [3, 104]],
  ['integrity_pause', 'waba', 'fail', [368, 131031, 131064]],
  ['integrity_pause', 'number', 'fail', [131048]],
  ['throttle', 'app', 'wait', [4, 341, 613]],
  ['throttle', 'token', 'wait', [17]],
  ['throttle', 'waba', 'wait', [80007, 80008]],
  ['throttle', 'number', 'wait', [130429, 131208, 133016]],
  ['throttle', 'pair', 'wait', [131056]],
  ['transient', 'message', 'settle', [1, 131000]],
  ['transient', 'app', 'settle', [2, 131016, 133004]],
  ['transient', 'number', 'settle', [131057, 2494100]],
  ['transient', 'template', 'settle', [134101]],
  ['recipient_permanent', 'message', 'fail', [1026, 131021, 131026, 131030, 130472, 130497, 131203, 137000]],
  ['recipient_cooldown', 'message', 'fail', [131049]],
  ['recipient_opt_out', 'message', 'fail', [131050]],
  ['window_closed', 'message', 'fail', [131047]],
  ['request_permanent', 'message', 'fail', [33, 100, 131008, 131009, 131051, 131053, 131209, 131212, 131215]],
  ['request_permanent', 'template', 'fail', [132000, 132001, 132012]],
  ['template_state', 'template', 'fail', [132015, 132016, 132068, 132069, 134102]],
  ['account_config', 'number', 'fail', [131037, 131045, 133006, 133010]],
  ['account_config', 'waba', 'fail', [131042, 131044, 134011]],
  ['inbound_info', 'message', 'fail', [131052, 131060, 2593109]],
  ['management_only', 'waba', 'fail', [139100, 147003, 200005, 2388073, 2593079, 2593108, 1752041]],
  ['calling', 'message', 'fail', [138000, 138022]]
]

for (const [name, scope, action, codes] of rows) {
  t.test(`${name} reaches as far as its ${scope}: ${action}`, async (t) => {
    for (const code of codes) t.same(classify(code), { class: name, scope, action }, String(code))
  })
}

t.test('a code that nobody knows fails its message and nothing else', async (t) => {
  for (const code of [undefined, -1, 5, 199, 300, 131999, 2_000_000_000, Number.NaN]) {
    t.same(classify(code), { class: 'request_permanent', scope: 'message', action: 'fail' }, String(code))
  }
})
