import { type ErrorGroup } from './group.ts'

/** The token, or the app behind it, may not do this. */
export const authCodes: readonly ErrorGroup[] = [
  {
    class: 'auth_fatal',
    scope: 'token',
    rows: [
      {
        code: 0,
        title: 'The token is not accepted',
        advice:
          'Meta cannot tell who is calling: the access token was revoked or is no longer valid. Make a new token for the system user and give it to the number.'
      },
      {
        code: 10,
        title: 'Permission denied',
        advice:
          'The permission for this call was never granted or has been taken away. Grant the system user whatsapp_business_messaging and access to the account, then resume the number or give it a new token.'
      },
      {
        code: 102,
        title: 'The session behind the token has ended',
        advice:
          'The login that the token belongs to is over. Use the token of a system user that does not expire, and give it to the number.'
      },
      {
        code: 190,
        title: 'The token has expired',
        advice:
          'The access token has run out, or its user changed the password or took the app away. Make a new token for the system user and give it to the number.'
      },
      {
        code: [200, 299],
        title: 'A permission is missing',
        advice:
          'The token lacks a permission for this account or number. Assign the account to the system user and grant whatsapp_business_messaging, then resume the number or give it a new token.'
      },
      {
        code: 131005,
        title: 'Access denied',
        advice:
          'A permission was not granted or has been taken away. Look at the token in the access token debugger of Meta, grant what is missing, then resume the number or give it a new token.'
      }
    ]
  },
  {
    class: 'auth_fatal',
    scope: 'app',
    rows: [
      {
        code: 3,
        title: 'The app lacks a capability',
        advice:
          'The app may not make this call at all. Check its permissions and its access level in the App Dashboard, then resume the numbers.'
      },
      {
        code: 104,
        title: 'The app asks for a proof',
        advice:
          'The app demands that calls are signed with its secret, and this gateway sends no such proof. Turn off "Require app secret" in the settings of the app, then resume the numbers.'
      }
    ]
  }
]
