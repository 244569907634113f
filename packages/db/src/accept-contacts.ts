import { type RecipientKind } from '@wag/contracts'
import { type RawBuilder, sql } from 'kysely'

/** Statements take contacts in this order, so that they wait for each other instead of deadlocking. */
const kindsInOrder: RecipientKind[] = ['phone', 'user', 'group']
const contactColumns = { phone: 'wa_id', user: 'user_id', group: 'group_id' } as const

const noContact = sql`select null::uuid as tenant_id, ''::text as kind, ''::text as recipient, 0::bigint as id where false`

/**
 * Parts of a statement with a CTE `input (tenant_id, kind, recipient)`: `contact (tenant_id, kind, recipient, id)` finds
 * the contact of every recipient, and makes those that are missing. Only kinds that occur cost anything.
 */
export function contactsOf(kinds: Set<RecipientKind>): RawBuilder<unknown> {
  const present = kindsInOrder.filter((kind) => kinds.has(kind))
  if (present.length === 0) return sql`contact as (${noContact})`
  const selects = sql.join(present.map(selectContacts), sql` union all `)
  return sql`${sql.join(present.map(makeContacts))}, contact as (${selects})`
}

/**
 * Known contacts, those who are meant by another spelling of their number or by a user id they had before, and new ones:
 * each look is only at what the one before did not find.
 */
function makeContacts(kind: RecipientKind): RawBuilder<unknown> {
  const column = sql.ref(contactColumns[kind])
  const [known, former, made] = [`known_${kind}`, `former_${kind}`, `made_${kind}`].map((name) => sql.ref(name))
  return sql`
    ${known} as (
      select tenant_id, ${column} as recipient, id from contacts
      where (tenant_id, ${column}) in (select tenant_id, recipient from input where kind = ${kind})
    ), ${former} as (
      -- One by one: a plan made while the table was small would read all of it.
      select i.tenant_id, i.recipient, a.contact_id as id
      from (
        select distinct tenant_id, recipient from input
        where kind = ${kind} and (tenant_id, recipient) not in (select tenant_id, recipient from ${known})
      ) i cross join lateral (
        select contact_id from contact_aliases
        where tenant_id = i.tenant_id and kind = ${kind} and value = i.recipient and (kind = 'user' or until = 'infinity')
      ) a
    ), ${made} as (
      insert into contacts (tenant_id, ${column})
      select distinct tenant_id, recipient from input
      where kind = ${kind} and (tenant_id, recipient) not in (
        select tenant_id, recipient from ${known} union all select tenant_id, recipient from ${former})
      order by tenant_id, recipient
      -- Somebody else may make the same contact between our look and our insert: DO NOTHING would return no id.
      on conflict (tenant_id, ${column}) where ${column} is not null do update set profile_name = contacts.profile_name
      returning tenant_id, ${column} as recipient, id
    )`
}

function selectContacts(kind: RecipientKind): RawBuilder<unknown> {
  const parts = [`known_${kind}`, `former_${kind}`, `made_${kind}`].map(
    (name) => sql`select tenant_id, ${kind}::text as kind, recipient, id from ${sql.ref(name)}`
  )
  return sql.join(parts, sql` union all `)
}
