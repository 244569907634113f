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

function makeContacts(kind: RecipientKind): RawBuilder<unknown> {
  const column = sql.ref(contactColumns[kind])
  return sql`
    ${sql.ref(`known_${kind}`)} as (
      select distinct on (tenant_id, recipient) tenant_id, recipient, id from (
        select tenant_id, ${column} as recipient, id, false as is_alias from contacts
        where (tenant_id, ${column}) in (select tenant_id, recipient from input where kind = ${kind})
        ${kind === 'group' ? sql`` : selectAliases(kind)}
      ) as found
      order by tenant_id, recipient, is_alias
    ), ${sql.ref(`made_${kind}`)} as (
      insert into contacts (tenant_id, ${column})
      select distinct tenant_id, recipient from input
      where kind = ${kind}
        and (tenant_id, recipient) not in (select tenant_id, recipient from ${sql.ref(`known_${kind}`)})
      order by tenant_id, recipient
      -- Somebody else may make the same contact between our look and our insert: DO NOTHING would return no id. And to set
      -- a column of a key would lock the row against those who only refer to it, in whichever order: a deadlock.
      on conflict (tenant_id, ${column}) do update set profile_name = contacts.profile_name
      returning tenant_id, ${column} as recipient, id
    )`
}

/** Who is meant by another spelling of their number, or by a user id that they had before. */
function selectAliases(kind: 'phone' | 'user'): RawBuilder<unknown> {
  return sql`
    union all
    select tenant_id, value, contact_id, true from contact_aliases
    where kind = ${kind} and (${kind} = 'user' or until = 'infinity')
      and (tenant_id, value) in (select tenant_id, recipient from input where kind = ${kind})`
}

function selectContacts(kind: RecipientKind): RawBuilder<unknown> {
  return sql`
    select tenant_id, ${kind}::text as kind, recipient, id from ${sql.ref(`known_${kind}`)}
    union all
    select tenant_id, ${kind}::text, recipient, id from ${sql.ref(`made_${kind}`)}`
}
