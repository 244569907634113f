import { isDeepStrictEqual } from 'node:util'
import { createId } from '@wag/contracts'
import { acceptMessages } from '@wag/db'
import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { type Bench, openBench, openIngest, post, settle, tenantId } from './open.ts'
import { createStory, type Story, split } from './story.ts'

const seeds = (process.env.SEEDS ?? '1').split(',').map(Number)
const orders = Number(process.env.ORDERS ?? 1)

/** Everything that is the same whoever came first; ids and times of our own are not. */
async function dump({ db }: Bench) {
  const contacts = await db.selectFrom('contacts').selectAll().execute()
  const byId = new Map(contacts.map((contact) => [contact.id, contact]))
  const nameOf = (id: number): string => {
    const contact = byId.get(id)
    if (contact?.merged_into) return nameOf(contact.merged_into)
    return contact ? `${contact.wa_id} ${contact.user_id}` : `no contact ${id}`
  }
  const messages = await db.selectFrom('messages').selectAll().execute()
  const messageName = new Map(messages.map(({ id, direction, wamid }) => [id, direction === 'out' ? id : wamid]))
  const text = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
  const statuses = await db.selectFrom('statuses').selectAll().execute()
  const windows = await db.selectFrom('windows').selectAll().execute()
  const aliases = await db.selectFrom('contact_aliases').selectAll().execute()
  const reports = await db.selectFrom('reports').selectAll().execute()
  const media = await db.selectFrom('media').selectAll().execute()
  const quarantine = await db.selectFrom('quarantine').selectAll().execute()
  const notices = await db.selectFrom('notices').selectAll().execute()
  const pauses = await db.selectFrom('pauses').selectAll().execute()
  const numbers = await db.selectFrom('phone_numbers').selectAll().execute()
  const inbox = await db.selectFrom('inbox').select('result').execute()
  return {
    messages: text(
      messages.map((m) => [
        messageName.get(m.id),
        m.direction,
        nameOf(m.contact_id),
        m.state,
        m.type,
        m.content,
        m.wamid,
        m.error,
        m.direction === 'in' && m.at,
        m.target_wamid,
        m.target_id && messageName.get(m.target_id)
      ])
    ),
    statuses: text(statuses.map((s) => [s.wamid, s.status, s.participant, s.message_id, s.at, s.error, s.content])),
    contacts: text(
      contacts
        .filter(({ merged_into }) => merged_into === null)
        .map((c) => [c.wa_id, c.user_id, c.parent_user_id, c.profile_name, c.username, c.opted_out, c.opt_at])
    ),
    windows: text([
      ...windows
        .reduce((last, w) => {
          const key = `${nameOf(w.contact_id)} ${w.phone_number_id}`
          return last.set(key, Math.max(last.get(key) ?? 0, w.last_at.getTime()))
        }, new Map<string, number>())
        .entries()
    ]),
    aliases: text([...new Set(aliases.map((a) => `${a.kind} ${a.value} ${nameOf(a.contact_id)}`))]),
    reports: text(reports.map((r) => [r.subject, r.account_id, r.key, r.topic, r.word, r.reason, r.at, r.content])),
    media: text(media.map((m) => [messageName.get(m.message_id), m.meta_id, m.kind, m.mime_type, m.filename])),
    quarantine: text(quarantine.map((q) => [q.reason, q.item])),
    notices: text(notices.map((n) => n.hash.toString('hex'))),
    // A sender ends those that are marked to end.
    pauses: text(pauses.filter((p) => p.resumes_at === null).map((p) => [p.scope, p.key, p.reason])),
    numbers: text(numbers.map((n) => [n.id, n.waba_id, n.display_number, n.rate])),
    lost: text(inbox.filter(({ result }) => !result).map(() => 'a webhook without a result'))
  }
}

async function live(t: TestContext, story: Story, bodies: Buffer[]) {
  const bench = await openBench(t)
  await acceptMessages(
    bench.db,
    story.sent.map(({ id, recipient, content, phoneNumberId }) => ({
      id: createId(),
      tenantId,
      messages: [{ id, tenantId, phoneNumberId, recipient, content }]
    }))
  )
  await Promise.all([openIngest(t, bench), openIngest(t, bench)])
  await Promise.all(
    Array.from({ length: Math.ceil(bodies.length / 20) }, (_, part) =>
      post(bench, bodies.slice(part * 20, part * 20 + 20))
    )
  )
  await settle(bench, 30_000)
  return bench
}

for (const seed of seeds) {
  t.test(
    `the events of 200 messages in any order, split and doubled, give the same tables (seed ${seed})`,
    async (t) => {
      const story = createStory(seed)
      const first = await live(t, story, split(story, undefined))
      // What was committed at the same moment is joined a little later.
      const wanted = await eventually(async () => {
        const [one, two] = [await dump(first), await new Promise((r) => setTimeout(r, 500)).then(() => dump(first))]
        return isDeepStrictEqual(one, two) ? two : undefined
      })
      t.comment(
        Object.entries(wanted)
          .map(([name, rows]) => `${rows.length} ${name}`)
          .join(', ')
      )
      for (let order = 1; order <= orders; order++) {
        const bench = await live(t, story, split(story, seed * 1000 + order))
        const found = await eventually(
          async () => {
            const now = await dump(bench)
            return isDeepStrictEqual(now, wanted) ? now : undefined
          },
          { timeoutMs: 5_000 }
        ).catch(() => dump(bench))
        const wrong: string[] = []
        for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
          const [a, b] = [new Set(wanted[name]), new Set(found[name])]
          wrong.push(...[...a].filter((row) => !b.has(row)).map((row) => `- ${name} ${row}`))
          wrong.push(...[...b].filter((row) => !a.has(row)).map((row) => `+ ${name} ${row}`))
          if (wanted[name].length !== found[name].length)
            wrong.push(`${name}: ${found[name].length} rows, not ${wanted[name].length}`)
        }
        t.strictSame(wrong, [], `order ${order}`)
        const seqs = await bench.db.selectFrom('events').select(['seq', 'type']).orderBy('seq').execute()
        t.ok(
          seqs.every(({ seq }, index) => seq === index + 1),
          'events without gap or double'
        )
        t.equal(seqs.filter(({ type }) => type === 'message.received').length, story.received, 'each told once')
      }
    }
  )
}
