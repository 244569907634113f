import { createHash } from 'node:crypto'
import { createId } from '@wag/contracts'
import { phoneNumberId, wamid } from './bodies.ts'

type Json = Record<string, unknown>

/** One thing that Meta tells: an element of some list of one field, and the contact that comes with it. */
type Told = { field: string; list?: string; element: Json; contact?: Json; who?: object; number: string; time?: number }

export type Story = {
  sent: {
    id: string
    phoneNumberId: string
    recipient: { kind: 'phone'; id: string }
    content: { type: 'text'; text: { body: string } }
  }[]
  /** How many messages customers write. */
  received: number
  told: Told[]
}

/** Numbers that look random and are the same for the same seed. */
function createDice(seed: number) {
  let round = 0
  const below = (limit: number): number =>
    createHash('sha256').update(`${seed} ${round++}`).digest().readUInt32BE() % limit
  const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value
  const shuffle = <Value>(values: Value[]): Value[] => {
    const order = [...values]
    for (let last = order.length - 1; last > 0; last--) {
      const other = below(last + 1)
      const value = order[last] as Value
      order[last] = order[other] as Value
      order[other] = value
    }
    return order
  }
  return { below, pick, shuffle, chance: (percent: number) => below(100) < percent }
}

const begin = 1_750_000_000
const numbers = [phoneNumberId, phoneNumberId, '106540352242923']

/** What happens around 200 messages, half of them ours: told one by one, in the order of their times. */
export function createStory(seed: number): Story {
  const dice = createDice(seed)
  const { below, pick, chance } = dice
  const story: Story = { sent: [], received: 0, told: [] }
  let now = begin
  const tick = (): string => {
    now += 1 + below(20)
    return String(now)
  }
  const persons = Array.from({ length: 25 }, (_, index) => ({
    waId: `4917000${seed % 10}${100 + index}` as string,
    userId: `DE.${seed}x${index}`,
    kind: pick(['number', 'both', 'both', 'user'] as const),
    name: `Name ${index}`,
    changes: 0
  }))
  type Person = (typeof persons)[number]
  const contactOf = (person: Person): Json => ({
    profile: { name: person.name, ...(chance(20) && { username: `user_${person.name.replaceAll(' ', '_')}` }) },
    ...(person.kind !== 'user' && { wa_id: person.waId }),
    ...(person.kind !== 'number' && { user_id: person.userId })
  })
  const fromOf = (person: Person): Json => ({
    ...(person.kind !== 'user' && { from: person.waId }),
    ...(person.kind !== 'number' && { from_user_id: person.userId })
  })
  const known: string[] = ['never told of']
  const tell = (told: Omit<Told, 'number'> & { number?: string }) => story.told.push({ number: pick(numbers), ...told })

  const write = (index: number, person: Person): void => {
    const id = `${seed} in ${index}`
    const about = wamid(pick(known))
    const part = pick<() => Json>([
      () => ({ type: 'text', text: { body: `text ${index}` } }),
      () => ({ type: 'image', image: { id: `${seed}${index}`, mime_type: 'image/jpeg', caption: 'c' } }),
      () => ({ type: 'reaction', reaction: { message_id: about, ...(chance(70) && { emoji: pick(['👍', '🎉']) }) } }),
      () => ({ type: 'edit', edit: { original_message_id: about, message: { type: 'text', text: { body: 'e' } } } }),
      () => ({ type: 'revoke', revoke: { original_message_id: about } }),
      () => ({ type: 'button', button: { text: 'Yes', payload: 'y' }, context: { id: about } }),
      () => ({ type: 'hologram', hologram: { a: 12345678 } }),
      () => ({ type: 'text', text: { body: 'in a group' }, group_id: 'G1' }),
      () => ({ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{' } } })
    ])()
    if (chance(10)) person.name = `${person.name}'`
    known.push(id)
    story.received++
    const element = { ...fromOf(person), id: wamid(id), timestamp: tick(), ...part }
    tell({
      field: 'messages',
      list: 'messages',
      element,
      who: person,
      ...(chance(80) && { contact: contactOf(person) })
    })
  }

  const change = (person: Person): void => {
    if (person.kind === 'user') return
    const before = { waId: person.waId, userId: person.userId }
    person.changes++
    person.waId = `${before.waId}${person.changes}`
    person.userId = `${before.userId}x${person.changes}`
    story.received++
    const system = { type: 'user_changed_number', wa_id: person.waId, body: 'changed' }
    const ids = person.kind === 'both' ? { user_id: person.userId, previous_user_id: before.userId } : {}
    const element = { from: before.waId, id: wamid(`${seed} change ${now}`), timestamp: tick(), type: 'system' }
    tell({ field: 'messages', list: 'messages', who: person, element: { ...element, system: { ...system, ...ids } } })
    now += 50
  }

  const send = (index: number, person: Person): void => {
    const id = createId()
    const name = `${seed} out ${index}`
    const number = phoneNumberId
    story.sent.push({
      id,
      phoneNumberId: number,
      recipient: { kind: 'phone', id: person.waId },
      content: { type: 'text', text: { body: name } }
    })
    known.push(name)
    const isGroup = chance(15)
    const isOurs = chance(85)
    const base = { id: wamid(isOurs ? name : `${name} of others`) }
    const echo = { ...base, ...(isOurs && { biz_opaque_callback_data: id }) }
    const words = pick([
      ['sent'],
      ['sent', 'delivered'],
      ['sent', 'delivered', 'read'],
      ['sent', 'read', 'played'],
      ['sent', 'failed'],
      ['failed'],
      ['sent', 'delivered', 'read', 'in_orbit'],
      ['sent', 'delivered', 'failed']
    ])
    const members = isGroup ? [person, pick(persons), pick(persons)] : [person]
    for (const word of words) {
      for (const [place, member] of [...new Set(members)].entries()) {
        const code = pick([131026, 131047, 131050, 130472])
        const element: Json = {
          // One echo is enough: the others are known by the wamid.
          ...(word === words[0] && place === 0 ? echo : chance(50) ? echo : base),
          status: word,
          timestamp: tick(),
          ...(isGroup
            ? { recipient_type: 'group', recipient_id: 'G1', recipient_participant_id: member.waId }
            : { recipient_id: member.waId }),
          ...(word === 'failed' && { errors: [{ code, title: 't', message: `m ${code}` }] }),
          ...(word === 'sent' && { pricing: { billable: true, pricing_model: 'PMP', category: 'utility' } })
        }
        const contact = chance(50) && member.kind !== 'user' ? { contact: contactOf(member) } : {}
        tell({ field: 'messages', list: 'statuses', number, element, who: member, ...contact })
      }
    }
  }

  for (let index = 0; index < 100; index++) {
    const person = pick(persons)
    write(index, person)
    send(index, pick(persons))
    if (chance(6)) change(pick(persons))
    if (chance(10)) {
      const user = pick(persons)
      const value = pick(['stop', 'resume'])
      const ids = { wa_id: user.waId, ...(user.kind === 'both' && { user_id: user.userId }) }
      const element = { ...ids, category: 'marketing_messages', value, timestamp: Number(tick()) }
      if (user.kind !== 'user') tell({ field: 'user_preferences', list: 'user_preferences', element })
    }
    if (chance(10)) tell(report(dice, Number(tick())))
    if (chance(3))
      tell({ field: 'messages', list: 'errors', element: { code: 130429, title: 't', message: `at ${now}` } })
    if (chance(3)) tell({ field: 'messages', list: 'statuses', element: { status: 'sent', no: now } })
    if (chance(3)) {
      const element = {
        id: `wacid.${now}`,
        event: 'connect',
        direction: 'USER_INITIATED',
        ...fromOf(person),
        timestamp: tick()
      }
      tell({ field: 'calls', list: 'calls', element })
    }
  }
  return story
}

function report({ pick, below }: ReturnType<typeof createDice>, time: number): Omit<Told, 'number'> {
  const display = { display_phone_number: '15550000000' }
  const template = { message_template_name: `t${below(3)}`, message_template_language: pick(['en_US', 'en-US', 'de']) }
  return pick<Omit<Told, 'number'>>([
    {
      field: 'message_template_status_update',
      element: { event: pick(['APPROVED', 'PAUSED', 'DISABLED']), ...template, reason: 'NONE' },
      time
    },
    { field: 'phone_number_quality_update', element: { ...display, event: pick(['FLAGGED', 'UNFLAGGED']) }, time },
    { field: 'phone_number_quality_update', element: { ...display, event: 'THROUGHPUT_UPGRADE' }, time },
    { field: 'account_update', element: { event: pick(['ACCOUNT_VIOLATION', 'DISABLED_UPDATE']), x: time }, time },
    { field: 'flows', element: { event: 'FLOW_STATUS_CHANGE', flow_id: `${time}` }, time }
  ])
}

/** The story in bodies: in its order, one thing each; or, with a seed, doubled, shuffled, and cut into bodies of any shape. */
export function split(story: Story, seed: number | undefined): Buffer[] {
  if (seed === undefined) return story.told.map((told) => bytesOf([[[told]]]))
  const dice = createDice(seed)
  const doubled = story.told.flatMap((told) =>
    Array.from({ length: dice.chance(30) ? 1 + dice.below(3) : 1 }, () => told)
  )
  const bodies: Buffer[] = []
  let entries: Told[][][] = []
  for (const told of dice.shuffle(doubled)) {
    const last = entries.at(-1)
    const lastChange = last?.at(-1)
    const isJoinable =
      told.list !== undefined && lastChange?.[0]?.field === told.field && lastChange[0].number === told.number
    // Meta shows of each person one profile in a change, the one of that moment.
    const isNew = !lastChange?.some(({ who }) => who !== undefined && who === told.who)
    if (last && lastChange && isJoinable && isNew && dice.chance(60)) lastChange.push(told)
    else if (last && told.time === undefined && last[0]?.[0]?.time === undefined && dice.chance(50)) last.push([told])
    else entries.push([[told]])
    if (!dice.chance(20)) continue
    bodies.push(bytesOf(entries))
    entries = []
  }
  if (entries.length > 0) bodies.push(bytesOf(entries))
  return dice.shuffle([...bodies, ...bodies.filter(() => dice.chance(10))])
}

function bytesOf(entries: Told[][][]): Buffer {
  const entry = entries.map((changes) => ({
    id: '102290129340398',
    ...(changes[0]?.[0]?.time !== undefined && { time: changes[0][0].time }),
    changes: changes.map((tolds) => ({ field: tolds[0]?.field, value: valueWith(tolds) }))
  }))
  return Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }))
}

function valueWith(tolds: Told[]): Json {
  const [first] = tolds
  if (first?.list === undefined) return first?.element ?? {}
  const metadata = { display_phone_number: '15550000000', phone_number_id: first.number }
  const value: Json = { messaging_product: 'whatsapp', metadata }
  const contacts = tolds.flatMap(({ contact }) => contact ?? [])
  if (contacts.length > 0) value.contacts = contacts
  for (const [list, some] of Map.groupBy(tolds, (told) => told.list))
    value[list ?? ''] = some.map(({ element }) => element)
  return value
}
