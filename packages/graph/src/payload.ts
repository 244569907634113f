import { type OutboundContent } from '@wag/contracts'

export type PayloadParts = {
  /** The recipient's number; anything but its digits is left out. */
  to: string
  content: OutboundContent
  /** Comes back as `biz_opaque_callback_data` in every status: our own message id. */
  callbackData: string
  /** The wamid of the message this one answers. */
  contextMessageId?: string
}

/** The body of a send. The number goes with a `+`: without it Meta may put the business's country code in front. */
export function createPayload({ to, content, callbackData, contextMessageId }: PayloadParts): Record<string, unknown> {
  return {
    ...content,
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: `+${to.replaceAll(/\D/g, '')}`,
    ...(contextMessageId === undefined ? {} : { context: { message_id: contextMessageId } }),
    biz_opaque_callback_data: callbackData
  }
}
