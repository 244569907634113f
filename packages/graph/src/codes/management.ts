import { type ErrorGroup } from './group.ts'

/** Managing numbers, accounts and what belongs to them. No send meets these; one that does fails by itself. */
export const managementCodes: readonly ErrorGroup[] = [
  {
    class: 'management_only',
    scope: 'number',
    rows: [
      {
        code: 133000,
        title: 'The number was not wholly deregistered',
        advice: 'An earlier deregistration did not finish. Deregister the number again, then register it.'
      },
      {
        code: 133005,
        title: 'The PIN is wrong',
        advice: 'The PIN of the two-step verification does not match. Use the right one, or set a new one at Meta.'
      },
      {
        code: 133008,
        title: 'Too many wrong PINs',
        advice: 'The PIN was guessed too often. Wait as long as the details say.'
      },
      {
        code: 133009,
        title: 'PINs were tried too fast',
        advice: 'The PIN was tried again too soon. Wait as long as the details say.'
      },
      {
        code: 133015,
        title: 'The number was deleted a moment ago',
        advice: 'The deletion is not finished yet. Wait five minutes before you register the number.'
      },
      {
        code: 136024,
        title: 'No verification code was sent',
        advice: 'Meta did not send a code to the number. The details say why and how long to wait.'
      }
    ]
  },
  {
    class: 'management_only',
    scope: 'waba',
    rows: [
      {
        code: 139100,
        title: 'Some people could not be blocked or unblocked',
        advice:
          'Only some of the list was taken, such as those who wrote in the last 24 hours. The answer names the rest.'
      },
      {
        code: 139101,
        title: 'The list of the blocked is full',
        advice: 'It holds 64,000 people at most. Unblock some first.'
      },
      {
        code: 139102,
        title: 'The list of the blocked changed meanwhile',
        advice: 'Somebody was blocked or unblocked while it was read. Read it from the beginning.'
      },
      {
        code: 139103,
        title: 'The list of the blocked failed',
        advice: 'A fault at Meta. Try again later.'
      },
      {
        code: [147001, 147005],
        title: 'The user name of the business could not be changed',
        advice: 'The name is taken, not allowed, or was changed too often. Read the details, and choose another.'
      },
      {
        code: 1752041,
        title: 'The request was made before',
        advice: 'The same step of the onboarding is already done or under way. Nothing is to be done.'
      },
      {
        code: 2388001,
        title: 'The number cannot be moved yet',
        advice: 'Turn off the two-step verification of the number where it is now, and confirm that it is yours.'
      },
      {
        code: 2388012,
        title: 'The number is already there',
        advice: 'The account has this number already. Use the one it has.'
      },
      {
        code: 2388091,
        title: 'No code for this number',
        advice: 'The number may not get a verification code now. Check that it is right, and wait.'
      },
      {
        code: 2388093,
        title: 'The number cannot be verified',
        advice: 'The number may not be verified now. Ask for a new code, and wait.'
      },
      {
        code: 2388103,
        title: 'The number cannot be moved',
        advice: 'Something stands against moving the number to this account. The details say what.'
      },
      {
        code: 2593079,
        title: 'The account is already being moved',
        advice: 'It is marked for a move. Wait until that has ended.'
      },
      {
        code: 2593085,
        title: 'The account cannot be moved',
        advice: 'It is not one that a partner may hand over. Check the id of the account.'
      },
      {
        code: 2593107,
        title: 'Synchronised too often',
        advice: 'Contacts or history of the app were asked for before. They can be asked for once.'
      },
      {
        code: 2593108,
        title: 'Too late to synchronise',
        advice: 'Contacts and history can be asked for in the first 24 hours only. The number has to be added anew.'
      },
      {
        code: [139104, 139999],
        title: 'An error of the list of the blocked',
        advice: "No message meets it. Read Meta's text."
      },
      {
        code: [2593000, 2593999],
        title: 'An error of moving or synchronising an account',
        advice: "No message meets it. Read Meta's text."
      }
    ]
  }
]
