import { type ErrorGroup } from './group.ts'

/** This person cannot get this message. */
export const recipientCodes: readonly ErrorGroup[] = [
  {
    class: 'recipient_permanent',
    scope: 'message',
    rows: [
      {
        code: 1026,
        title: 'The recipient cannot receive this',
        advice: 'The number is not on WhatsApp or its app is too old. Reach the person in another way.'
      },
      {
        code: 130403,
        title: 'You have blocked this person',
        advice: 'The business has blocked the recipient. Unblock them before you write.'
      },
      {
        code: 130472,
        title: 'The recipient is part of an experiment',
        advice:
          'Meta withholds marketing messages from a share of people to study them. Do not send it again to this person; it would not arrive.'
      },
      {
        code: 130497,
        title: 'Not allowed in this country',
        advice:
          'The account may not write to people in this country. Do not send there, or ask Meta why the account is restricted.'
      },
      {
        code: 131021,
        title: 'Sender and recipient are the same',
        advice: 'A number cannot write to itself. Name another recipient.'
      },
      {
        code: 131026,
        title: 'The message cannot be delivered',
        advice:
          'The recipient is not on WhatsApp, has not accepted its terms, or uses an app that is too old. Ask them in another way to update WhatsApp and to write to you.'
      },
      {
        code: 131030,
        title: 'The recipient is not on the list for tests',
        advice:
          'A test number only writes to numbers on its list. Add the recipient in the App Dashboard, or send from a number of your own.'
      },
      {
        code: 131036,
        title: 'The message is no longer kept',
        advice:
          'The number stores no messages, and this one was gone before it could be delivered. Send it anew as a new message.'
      },
      {
        code: 131203,
        title: 'The recipient has not accepted the terms',
        advice: 'This member has not accepted the new terms of WhatsApp, which groups need. Ask them to accept.'
      },
      {
        code: 137000,
        title: 'The identity of the recipient has changed',
        advice:
          'The identity hash you gave does not match: the person may have a new phone, or the number a new owner. Make sure who it is before you send anything confidential.'
      }
    ]
  },
  {
    class: 'recipient_cooldown',
    scope: 'message',
    rows: [
      {
        code: 131049,
        title: 'Meta chose not to deliver it',
        advice:
          'The person has had enough marketing messages for now. Do not send it again for at least 24 hours: repeating it harms the standing of the account.'
      }
    ]
  },
  {
    class: 'recipient_opt_out',
    scope: 'message',
    rows: [
      {
        code: 131050,
        title: 'The person wants no marketing messages',
        advice:
          'They have stopped marketing messages of this business. Send none until a webhook says that they want them again.'
      }
    ]
  },
  {
    class: 'window_closed',
    scope: 'message',
    rows: [
      {
        code: 131047,
        title: 'More than 24 hours since they wrote',
        advice:
          'Free messages are allowed for 24 hours after the person last wrote or called. Send a template instead, or wait until they write.'
      }
    ]
  }
]
