import { hash } from 'node:crypto'
import { createId, type OtherItem, type WebhookItem } from '@wag/contracts'
import { type Db, findNew, type NewEvent, quarantine } from '@wag/db'
import { ofKind, type SourcedItem } from './items.ts'
import { type Tally } from './tally.ts'

/**
 * Keeps a tenant's items that change nothing here or have no place at all. The former are told of and stay in the inbox,
 * the latter are put aside as well; each once, however often Meta repeats the webhook.
 */
export async function applyOthers(trx: Db, tenantId: string, items: SourcedItem[], tally: Tally): Promise<NewEvent[]> {
  const others = ofKind(items, 'other', 'call')
  const hashes = others.map(({ item }) => hashOf(item))
  const news = await findNew(trx, tenantId, hashes)
  const told = others.filter((_, index) => {
    const key = hashes[index]?.toString('hex') ?? ''
    return news.delete(key)
  })
  tally.count(others, 'stored')
  const misfits = ofKind(items, 'misfit')
  tally.count(misfits, 'quarantined')
  return [
    ...told.map(({ item }) => eventOf(tenantId, item)),
    ...(await putAside(
      trx,
      tenantId,
      misfits.map(({ item, webhook }) => ({ sourced: { item, webhook }, reason: item.reason }))
    ))
  ]
}

/** Puts items aside with the reason why, and returns the events of those that were not put aside already. */
export async function putAside(
  trx: Db,
  tenantId: string,
  entries: { sourced: SourcedItem; reason: string }[]
): Promise<NewEvent[]> {
  const rows = entries.map(({ sourced: { item, webhook }, reason }) => {
    const isBody = item.kind === 'misfit' && item.content === null
    return {
      tenantId,
      id: createId(),
      inboxId: webhook.id,
      ...(!isBody && { item: 'content' in item ? item.content : item }),
      reason,
      hash: isBody ? hash('sha256', webhook.body, 'buffer') : hashOf(item)
    }
  })
  const fresh = await quarantine(trx, rows)
  return rows
    .filter(({ id }) => fresh.has(id))
    .map(({ reason }) => ({ tenantId, type: 'webhook.quarantined', data: { reason } }))
}

/** SHA-256 of all that an item says: what Meta repeats is the same to the byte. */
function hashOf(item: WebhookItem): Buffer {
  return hash('sha256', JSON.stringify(item), 'buffer')
}

function eventOf(tenantId: string, item: OtherItem | Extract<WebhookItem, { kind: 'call' }>): NewEvent {
  const [field, reason] = item.kind === 'call' ? ['calls', item.event ?? 'call'] : [item.field, item.reason]
  return {
    tenantId,
    type: 'webhook.unrecognised',
    data: {
      ...(field && { field }),
      reason,
      ...(item.phoneNumberId && { phoneNumberId: item.phoneNumberId }),
      ...(item.kind === 'other' && item.error && { error: briefOf(item.error) })
    }
  }
}

function briefOf({ code, message }: { code?: number; message: string }) {
  return { ...(code !== undefined && { code }), message }
}
