import { type Static, Type } from 'typebox'
import { drawUnit, streams } from './seed.ts'

const MatchSchema = Type.Object(
  {
    /** The phone's number in digits: the recipient of a send, the writer of a received message. */
    to: Type.Optional(Type.String()),
    phone_number_id: Type.Optional(Type.String()),
    /** The message's type: text, template, image … */
    type: Type.Optional(Type.String()),
    /** The name of the template. */
    template: Type.Optional(Type.String()),
    /** For webhook faults: only this one of the message's webhooks. */
    status: Type.Optional(Type.Enum(['sent', 'delivered', 'read', 'failed', 'received']))
  },
  { additionalProperties: false }
)

const rule = {
  match: Type.Optional(MatchSchema),
  /** How many messages it hits before it is gone; null: until it is removed. Default 1. */
  times: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()])),
  /** With which probability a matching message is hit. Default 1. */
  probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 }))
}

const Strict = { additionalProperties: false }
const Milliseconds = Type.Integer({ minimum: 0, maximum: 86_400_000 })
const Kind = <K extends string>(kind: K) => Type.Literal(kind)

export const FaultSchema = Type.Union([
  Type.Object(
    {
      ...rule,
      kind: Kind('error'),
      code: Type.Integer(),
      message: Type.Optional(Type.String()),
      details: Type.Optional(Type.String()),
      subcode: Type.Optional(Type.Integer()),
      http_status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 }))
    },
    Strict
  ),
  Type.Object(
    {
      ...rule,
      kind: Kind('http'),
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      body: Type.Optional(Type.String()),
      content_type: Type.Optional(Type.String()),
      /** Where a redirect points to. */
      location: Type.Optional(Type.String())
    },
    Strict
  ),
  Type.Object({ ...rule, kind: Kind('latency'), ms: Milliseconds }, Strict),
  Type.Object({ ...rule, kind: Kind('accept_then_drop') }, Strict),
  Type.Object({ ...rule, kind: Kind('drop') }, Strict),
  Type.Object({ ...rule, kind: Kind('hang'), ms: Milliseconds, accept: Type.Boolean() }, Strict),
  Type.Object({ ...rule, kind: Kind('duplicate_webhooks') }, Strict),
  Type.Object({ ...rule, kind: Kind('reorder_webhooks') }, Strict),
  Type.Object({ ...rule, kind: Kind('batch_webhooks'), size: Type.Integer({ minimum: 2, maximum: 1000 }) }, Strict),
  Type.Object({ ...rule, kind: Kind('hold_webhooks') }, Strict),
  Type.Object({ ...rule, kind: Kind('lose_webhooks') }, Strict),
  Type.Object({ ...rule, kind: Kind('fail_status'), code: Type.Integer(), title: Type.Optional(Type.String()) }, Strict)
])

export type Fault = Static<typeof FaultSchema>

/** A rule in force: `left` more messages (null: no end), `hits` so far. */
export type ActiveFault = { id: number; fault: Fault; left: number | null; draws: number; hits: number }

/** When a rule is asked: at the answer, for the answer's delay, or for the webhooks a message brings about. */
export type Phase = 'answer' | 'delay' | 'webhooks'

/** What a rule may match on. */
export type Facts = { waId: string; numberId: string; type: string; template: string | undefined; received: boolean }

export type Faults = ReturnType<typeof createFaults>

const none: readonly ActiveFault[] = []

export function createFaults(seed: () => number) {
  let rules: ActiveFault[] = []
  let lastId = 0

  function hits(active: ActiveFault, facts: Facts): boolean {
    if (!matches(active.fault, facts)) return false
    const { probability = 1 } = active.fault
    const luck = drawUnit(seed(), streams.fault + active.id * 16, active.draws++)
    if (luck >= probability) return false
    active.hits++
    if (active.left !== null) active.left--
    return true
  }

  return {
    add(fault: Fault): ActiveFault {
      const active = { id: ++lastId, fault, left: fault.times === undefined ? 1 : fault.times, draws: 0, hits: 0 }
      rules.push(active)
      return active
    },
    list: (): readonly ActiveFault[] => rules,
    remove(id: number): boolean {
      const count = rules.length
      rules = rules.filter((active) => active.id !== id)
      return rules.length < count
    },
    clear(): void {
      rules = []
    },
    restart(): void {
      rules = []
      lastId = 0
    },
    /** The rules of this phase that hit a message: for an answer the first one, else all of them. */
    take(phase: Phase, facts: Facts): readonly ActiveFault[] {
      if (rules.length === 0) return none
      const taken: ActiveFault[] = []
      for (const active of rules) {
        if (phaseOf(active.fault) !== phase || !hits(active, facts)) continue
        taken.push(active)
        if (phase === 'answer') break
      }
      rules = rules.filter((active) => active.left !== 0)
      return taken
    }
  }
}

function phaseOf({ kind }: Fault): Phase {
  if (kind === 'latency') return 'delay'
  return kind.endsWith('_webhooks') || kind === 'fail_status' ? 'webhooks' : 'answer'
}

function matches({ kind, match }: Fault, facts: Facts): boolean {
  if (facts.received && kind === 'fail_status') return false
  if (match === undefined) return true
  if (match.status !== undefined && (match.status === 'received') !== facts.received) return false
  if (match.to !== undefined && match.to !== facts.waId) return false
  if (match.phone_number_id !== undefined && match.phone_number_id !== facts.numberId) return false
  if (match.template !== undefined && match.template !== facts.template) return false
  return match.type === undefined || match.type === facts.type
}
