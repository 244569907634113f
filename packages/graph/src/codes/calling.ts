import { type ErrorGroup } from './group.ts'

/** Calls. They are no matter of messages: a message that meets one fails by itself. */
export const callingCodes: readonly ErrorGroup[] = [
  {
    class: 'calling',
    scope: 'message',
    rows: [
      {
        code: 138000,
        title: 'Calling is off',
        advice: 'Calls are not turned on for this number. Turn them on in its settings.'
      },
      {
        code: 138001,
        title: 'The person cannot be called',
        advice: 'Their app is too old or calls do not work where they are. Write instead.'
      },
      {
        code: 138002,
        title: 'Too many calls at once',
        advice: 'The number has reached its thousand calls at once. Try again when some have ended.'
      },
      {
        code: 138003,
        title: 'The person is being called already',
        advice: 'A call to them is under way. Wait until it has ended.'
      },
      {
        code: 138004,
        title: 'The call could not be connected',
        advice: 'A fault on the way. Check the session description that was sent, and try again.'
      },
      {
        code: 138005,
        title: 'Too many calls',
        advice: 'The rate limit for calls is reached. Try again later.'
      },
      {
        code: 138006,
        title: 'The person has not allowed calls',
        advice: 'They must agree before they are called. Send them a request for the permission.'
      },
      {
        code: 138007,
        title: 'The call took too long to connect',
        advice: 'Media could not be set up in time. Check the connection of your media server, and try again.'
      },
      {
        code: 138009,
        title: 'Asked for permission too often',
        advice: 'The person was asked for the permission to call as often as allowed. Wait some days.'
      },
      {
        code: 138012,
        title: 'Called this person too often',
        advice: 'The limit of calls to this person is reached. Wait a day.'
      },
      {
        code: 138013,
        title: 'You may not call first',
        advice:
          'Calls that the business begins are not available for this number or country. Wait for a call of theirs.'
      },
      {
        code: 138014,
        title: 'Calling is off for a time',
        advice: 'Meta has turned calls off because people did not welcome them. Wait, and call less.'
      },
      {
        code: 138015,
        title: 'Calling cannot be turned on',
        advice: 'The number does not meet the conditions for calls, such as its messaging limit. Meet them first.'
      },
      {
        code: 138017,
        title: 'The permission is there already',
        advice: 'The person has allowed calls for good. Call without asking.'
      },
      {
        code: 138018,
        title: 'Something needed for calls is missing',
        advice: 'The webhook for calls or another condition is not set up. The details name it.'
      },
      {
        code: 138019,
        title: 'The call could not be set up',
        advice: 'The session description may not fit. Check it, and try again.'
      },
      {
        code: 138020,
        title: 'No way to the relay',
        advice: 'Your media server does not reach the relays of Meta. Check its firewall.'
      },
      {
        code: 138021,
        title: 'No sound or picture came in',
        advice: 'Nothing was received in the call for too long. Check that your media server is reached and sends.'
      },
      {
        code: 138022,
        title: 'No sound or picture went out',
        advice: 'Nothing could be passed on in the call for too long. Check your media server, and try again.'
      },
      {
        code: [138000, 138999],
        title: 'An error of calls',
        advice: "Calls have errors of their own, which no message meets. Read Meta's text."
      }
    ]
  }
]
