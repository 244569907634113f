import { type ErrorGroup } from './group.ts'

/** What only comes with webhooks: something that a customer sent cannot be shown. */
export const inboundCodes: readonly ErrorGroup[] = [
  {
    class: 'inbound_info',
    scope: 'message',
    rows: [
      {
        code: 131052,
        title: 'The medium of the customer cannot be had',
        advice: 'Meta could not fetch what the customer sent, often because it is too large. Ask them to send it again.'
      },
      {
        code: 131060,
        title: 'The message cannot be shown',
        advice:
          'The customer wrote from a device that the number, also used in the WhatsApp Business app, cannot read. Read it in the app.'
      },
      {
        code: 2593109,
        title: 'The history is not shared',
        advice: 'The business chose not to share the history of its app. Nothing is to be done.'
      }
    ]
  }
]
