import { type OutboundContent, type Recipient } from '@wag/contracts'

export type PayloadParts = {
  recipient: Recipient
  content: OutboundContent
  /** Comes back as `biz_opaque_callback_data` in every status: our own message id. */
  callbackData: string
}

/** The body of a send: Meta's fields of the content, those of a raw content in its place, and to whom it goes. */
export function createPayload({ recipient, content, callbackData }: PayloadParts): Record<string, unknown> {
  return {
    ...fieldsOf(content),
    messaging_product: 'whatsapp',
    ...addressOf(recipient),
    biz_opaque_callback_data: callbackData
  }
}

function fieldsOf(content: OutboundContent): Record<string, unknown> {
  if (content.type !== 'raw') return content
  const { raw, type: _type, ...passed } = content
  return { ...passed, ...raw }
}

/** A number goes with a `+`: without it Meta may put the business's country code in front. */
function addressOf({ kind, id }: Recipient): Record<string, unknown> {
  if (kind === 'group') return { recipient_type: 'group', to: id }
  if (kind === 'user') return { recipient_type: 'individual', recipient: id }
  return { recipient_type: 'individual', to: `+${id.replaceAll(/\D/g, '')}` }
}
