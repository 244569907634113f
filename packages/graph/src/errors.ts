/** What one of Meta's error codes is about. */
export type ErrorClass =
  | 'auth_fatal'
  | 'integrity_pause'
  | 'throttle'
  | 'transient'
  | 'recipient_permanent'
  | 'recipient_cooldown'
  | 'recipient_opt_out'
  | 'window_closed'
  | 'request_permanent'
  | 'template_state'
  | 'account_config'
  | 'inbound_info'
  | 'management_only'
  | 'calling'

/** How far an error reaches: what else would meet it too. */
export type ErrorScope = 'app' | 'token' | 'waba' | 'number' | 'pair' | 'template' | 'message'

/**
 * What a sender does: `fail` the message, `wait` and send it again (Meta certainly created nothing), or `settle`:
 * nobody knows whether the message exists, so it is never sent again but left to the status webhook.
 */
export type ErrorAction = 'fail' | 'wait' | 'settle'

export type Classification = { class: ErrorClass; scope: ErrorScope; action: ErrorAction }

type Codes = readonly (number | readonly [from: number, to: number])[]

// Codes by Meta's error page (2026-09); pairs are ranges, both ends included. The HTTP status is no part of it: Meta
// prints 400, 429 or nothing for the same code, depending on the year.
const table: readonly (readonly [ErrorClass, ErrorScope, Codes])[] = [
  ['auth_fatal', 'token', [0, 10, 102, 190, [200, 299], 131005]],
  ['auth_fatal', 'app', [3, 104]],
  ['integrity_pause', 'waba', [368, 131031, 131064]],
  ['integrity_pause', 'number', [131048]],
  ['throttle', 'app', [4, 341, 613]],
  ['throttle', 'token', [17]],
  ['throttle', 'waba', [80007, 80008]],
  ['throttle', 'number', [130429, 131208, 133016]],
  ['throttle', 'pair', [131056]],
  ['transient', 'app', [2, 131016, 133004]],
  ['transient', 'number', [131057, 2494100]],
  ['transient', 'template', [134101]],
  ['transient', 'message', [1, 131000]],
  ['recipient_permanent', 'message', [1026, 130403, 130472, 130497, 131021, 131026, 131030, 131036, 131203, 137000]],
  ['recipient_cooldown', 'message', [131049]],
  ['recipient_opt_out', 'message', [131050]],
  ['window_closed', 'message', [131047]],
  ['request_permanent', 'waba', [131063]],
  ['request_permanent', 'message', [33, 100, 131008, 131009, 131051, 131053, 131055, 131062, 134100, 135000]],
  ['request_permanent', 'template', [132000, 132001, 132005, 132007, 132008, 132012, 132018]],
  ['request_permanent', 'message', [131020, 131041, 131059, 131201, 131202, 131204, 131207, [131209, 131215]]],
  ['template_state', 'template', [132015, 132016, 132068, 132069, 134102]],
  ['account_config', 'number', [131035, 131037, 131045, 133006, 133010]],
  ['account_config', 'waba', [131042, 131044, 134011]],
  ['inbound_info', 'message', [131052, 131060, 2593109]],
  ['management_only', 'number', [133000, 133005, 133008, 133009, 133015, 136024]],
  ['management_only', 'waba', [[139000, 139999], [147001, 147005], [200000, 200099], 1752041, [2388000, 2388999]]],
  [
    'management_only',
    'waba',
    [
      [2593000, 2593108],
      [2593110, 2593999]
    ]
  ],
  ['calling', 'message', [[138000, 138999]]]
]

const single = new Map<number, Classification>()
const ranges: { from: number; to: number; found: Classification }[] = []
for (const [name, scope, codes] of table) {
  const found: Classification = { class: name, scope, action: actionOf(name) }
  for (const code of codes) {
    if (typeof code === 'number') single.set(code, found)
    else ranges.push({ from: code[0], to: code[1], found })
  }
}

function actionOf(name: ErrorClass): ErrorAction {
  if (name === 'throttle') return 'wait'
  return name === 'transient' ? 'settle' : 'fail'
}

/** Whether the table knows this code. */
export function isKnown(code: number | undefined): boolean {
  return find(code) !== undefined
}

/** What an error code of Meta's asks of a sender. A code we do not know is permanent for its message, and only for it. */
export function classify(code: number | undefined): Classification {
  return (
    find(code) ?? {
      class: 'request_permanent',
      scope: 'message',
      action: 'fail'
    }
  )
}

function find(code: number | undefined): Classification | undefined {
  if (code === undefined) return undefined
  return single.get(code) ?? ranges.find(({ from, to }) => code >= from && code <= to)?.found
}
