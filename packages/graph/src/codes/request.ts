import { type ErrorGroup } from './group.ts'

/** The request itself is wrong: it would be refused again. */
export const requestCodes: readonly ErrorGroup[] = [
  {
    class: 'request_permanent',
    scope: 'waba',
    rows: [
      {
        code: 131063,
        title: 'Marketing templates go another way',
        advice:
          'Marketing templates are turned off on the Cloud API for this account. Send them through the Marketing Messages API, or turn them on again at Meta.'
      }
    ]
  },
  {
    class: 'request_permanent',
    scope: 'message',
    rows: [
      {
        code: 33,
        title: 'The business number does not exist',
        advice: 'The number messages are sent from was deleted. Check its id, and whether the account still has it.'
      },
      {
        code: 100,
        title: 'A parameter is wrong',
        advice:
          'A field is unknown, misspelt, too long or not allowed here, or an id does not exist or is not open to the token. The details name it; correct the request.'
      },
      {
        code: 131008,
        title: 'A field is missing',
        advice: 'A field that this kind of message needs was left out. The details name it; add it.'
      },
      {
        code: 131009,
        title: 'A value is not allowed',
        advice:
          'A field holds a value that Meta does not take, or a reaction answers a message that is older than 30 days or gone. The details name it; correct it.'
      },
      {
        code: 131051,
        title: 'The type of message is not supported',
        advice: 'Meta does not know this type of message, or not for this recipient. Send another type.'
      },
      {
        code: 131053,
        title: 'The medium cannot be used',
        advice:
          'Meta could not fetch or read the file: wrong type or codec, too large, or its link cannot be reached. Check type and size, or upload the file first.'
      },
      {
        code: 131055,
        title: 'Only marketing templates are allowed here',
        advice: 'This way of sending takes marketing templates only. Send everything else as an ordinary message.'
      },
      {
        code: 131062,
        title: 'A user id cannot be the recipient of this',
        advice:
          'This message, such as an authentication template, needs a phone number. Name the phone number of the recipient.'
      },
      {
        code: 134100,
        title: 'Only marketing messages are allowed here',
        advice: 'This way of sending takes marketing templates only. Check the category of the template.'
      },
      {
        code: 135000,
        title: 'Something in the request is wrong',
        advice:
          'Meta does not say what, which is often a template with components or parameters it does not have. Compare the request with the template.'
      }
    ]
  }
]
