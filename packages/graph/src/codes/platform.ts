import { type ErrorGroup, minuteMs } from './group.ts'

/** Too much at once, or a fault of Meta's own. */
export const platformCodes: readonly ErrorGroup[] = [
  {
    class: 'throttle',
    scope: 'app',
    rows: [
      {
        code: 4,
        title: 'The app makes too many calls',
        advice:
          'The hourly allowance of calls of the app is used up. Messages wait and go out by themselves; look for other programs that use the same app.'
      },
      {
        code: 341,
        title: 'A limit of the app is reached',
        advice: 'The app has used up an allowance. Messages wait and go out by themselves.'
      },
      {
        code: 613,
        title: 'Calls come too fast',
        advice: 'A rate limit of this call is reached. Messages wait and go out by themselves.'
      }
    ]
  },
  {
    class: 'throttle',
    scope: 'token',
    rows: [
      {
        code: 17,
        title: 'The user of the token makes too many calls',
        advice: 'The allowance of the user behind the token is used up. Messages wait and go out by themselves.'
      }
    ]
  },
  {
    class: 'throttle',
    scope: 'waba',
    rows: [
      {
        code: 80007,
        title: 'The account makes too many calls',
        advice:
          'The hourly allowance of calls of the WhatsApp Business account is used up. Messages wait and go out by themselves; look for other programs that use the account.'
      },
      {
        code: 80008,
        title: 'Too many management calls for the account',
        advice:
          'The hourly allowance of management calls of the account is used up. Messages wait and go out by themselves; look for programs that list templates or numbers too often.'
      }
    ]
  },
  {
    class: 'throttle',
    scope: 'number',
    rows: [
      {
        code: 130429,
        title: 'The number sends too fast',
        advice:
          'The throughput of the number is reached. It slows down and recovers by itself; where it happens often, lower the rate set for the number.'
      },
      {
        code: 131208,
        title: 'Too many messages to groups',
        advice: 'The rate limit for groups is reached. The message waits and goes out by itself.'
      },
      {
        code: 133016,
        title: 'Registered and deregistered too often',
        advice:
          'The number was registered and deregistered too often: ten times in 72 hours are allowed. Wait until the time is over; messages are tried again each minute until they expire.',
        retryAfterMs: minuteMs
      }
    ]
  },
  {
    class: 'throttle',
    scope: 'pair',
    rows: [
      {
        code: 131056,
        title: 'Too many messages to this person',
        advice:
          'This number wrote too often to this person in a short time. The message waits and goes out by itself; messages to others are not held up.'
      }
    ]
  },
  {
    class: 'transient',
    scope: 'app',
    rows: [
      {
        code: 2,
        title: 'Meta is overloaded or down',
        advice:
          'A passing fault at Meta; whether it took the message is not known. It is not sent again by itself: a status settles it, or you send it anew.'
      },
      {
        code: 131016,
        title: 'A service of Meta is not available',
        advice:
          "A passing fault at Meta; whether it took the message is not known. Look at the status page of WhatsApp's Business Platform, and wait for a status of the message."
      },
      {
        code: 133004,
        title: 'A server of Meta is not available',
        advice:
          'A passing fault at Meta; whether it took the message is not known. Wait for a status before you send it anew.'
      }
    ]
  },
  {
    class: 'transient',
    scope: 'number',
    rows: [
      {
        code: 131057,
        title: 'The account is in maintenance',
        advice:
          'Meta is working on the account, often to raise its throughput, for about a minute. The number slows down by itself; whether this message was taken, its status will tell.',
        slows: { factor: 0.5, holdMs: 5_000 }
      },
      {
        code: 2494100,
        title: 'The number is in maintenance',
        advice: 'Meta is working on the number, for some minutes. Whether this message was taken, its status will tell.'
      }
    ]
  },
  {
    class: 'transient',
    scope: 'template',
    rows: [
      {
        code: 134101,
        title: 'The template is still being prepared',
        advice:
          'Meta has not made the template ready for marketing messages yet, which takes up to ten minutes. The message was not taken; it is sent again then.',
        retryAfterMs: 10 * minuteMs
      }
    ]
  },
  {
    class: 'transient',
    scope: 'message',
    rows: [
      {
        code: 1,
        title: 'An unknown fault of Meta',
        advice:
          'Meta failed, or could not read the request; whether it took the message is not known. Wait for a status before you send it anew; where it happens again and again, check the body.'
      },
      {
        code: 131000,
        title: 'Something went wrong at Meta',
        advice:
          'A fault at Meta; whether it took the message is not known. Wait for a status before you send it anew; where it happens again and again, report it to Meta.'
      }
    ]
  }
]
