import { type ErrorGroup, hourMs } from './group.ts'

/** Meta has stopped the account or the number, or something about it is not set up. */
export const accountCodes: readonly ErrorGroup[] = [
  {
    class: 'integrity_pause',
    scope: 'waba',
    rows: [
      {
        code: 368,
        title: 'Blocked for a time over a policy',
        advice:
          'Meta has restricted the account because of a breach of its policies. Read the case in Business Support Home and appeal or wait; resume when the restriction is lifted.'
      },
      {
        code: 131031,
        title: 'The account is locked',
        advice:
          'The account was restricted or disabled over a policy, or data of a request such as the PIN did not match. Settle it in Business Support Home, then resume.'
      },
      {
        code: 131064,
        title: 'Limited because templates are in the wrong category',
        advice:
          'Meta limits the account because templates were filed under a category they do not belong to. Correct them; Meta lifts the limit by itself, and sending is tried again after a day.',
        resumesAfterMs: 24 * hourMs
      }
    ]
  },
  {
    class: 'integrity_pause',
    scope: 'number',
    rows: [
      {
        code: 131048,
        title: 'Held back as spam',
        advice:
          'Too many people have blocked or reported this number. Look at its quality rating, send only what people asked for, and resume when the rating has recovered: going on makes it worse.'
      }
    ]
  },
  {
    class: 'account_config',
    scope: 'waba',
    rows: [
      {
        code: 131042,
        title: 'Something is wrong with the payment',
        advice:
          'No payment method, an unpaid balance, a credit line that is not shared, or time zone or currency are not set. Put it right in the billing settings of the account.'
      }
    ]
  },
  // What one feature lacks must not hold up the other messages, one-time codes say.
  {
    class: 'account_config',
    scope: 'message',
    rows: [
      {
        code: 131044,
        title: 'Something is wrong with the payment for calls',
        advice: 'The account cannot pay for calls. Put the payment method right in its billing settings.'
      },
      {
        code: 134011,
        title: 'The terms for payments are not accepted',
        advice:
          'The account has not accepted the terms of WhatsApp Payments. Follow the link in the error to accept them, or do not send payment messages.'
      }
    ]
  },
  {
    class: 'account_config',
    scope: 'number',
    rows: [
      {
        code: 131035,
        title: 'Webhooks do not arrive',
        advice:
          'Meta could not deliver webhooks for this number in the time it keeps them. Check that the webhook address is reachable and answers 200.'
      },
      {
        code: 131037,
        title: 'The display name is not approved',
        advice:
          'A number that WhatsApp provided may not send before its display name is approved. Ask for the approval.'
      },
      {
        code: 131045,
        title: 'The certificate of the number is wrong',
        advice: 'Registering the number went wrong, so it cannot send. Register it again.'
      },
      {
        code: 133006,
        title: 'The number has to be verified again',
        advice: 'Ask for a verification code, verify the number with it, and register it.'
      },
      {
        code: 133010,
        title: 'The number is not registered',
        advice: 'The number is not on the Cloud API. Register it with its PIN before anything is sent from it.'
      }
    ]
  }
]
