import { type ErrorGroup, hourMs } from './group.ts'

/** Templates and the flows in them. */
export const templateCodes: readonly ErrorGroup[] = [
  {
    class: 'request_permanent',
    scope: 'message',
    rows: [
      {
        code: 132000,
        title: 'The number of parameters is wrong',
        advice: 'The template has more or fewer variables than the request gives values for. Give one value for each.'
      },
      {
        code: 132001,
        title: 'The template does not exist',
        advice:
          'There is no approved template with this name in this language. Check name and language code; just after its approval wait a few minutes.'
      },
      {
        code: 132005,
        title: 'The text becomes too long',
        advice: 'With its values filled in the template is longer than allowed. Give shorter values.'
      },
      {
        code: 132007,
        title: 'A value breaks the rules for templates',
        advice:
          'A value holds what templates may not, such as a line break, a tab or more than four blanks in a row. Remove it.'
      },
      {
        code: 132008,
        title: 'A value is not valid',
        advice: 'A value does not fit its place in the template. The details name it; correct it.'
      },
      {
        code: 132012,
        title: 'A value has the wrong form',
        advice:
          'A value is of another kind than the template was made with, such as text for an image or a currency. Give it in the form of the template.'
      },
      {
        code: 132018,
        title: 'Parameters do not fit the template',
        advice:
          'Names or kinds of the parameters differ from those in the template. Compare the request with the template as it is at Meta.'
      }
    ]
  },
  {
    class: 'template_state',
    scope: 'template',
    rows: [
      {
        code: 132015,
        title: 'The template is paused',
        advice:
          'People reported the template or did not read it, so Meta has paused it: 3 hours, then 6, then for good. Improve it; messages with it wait meanwhile.'
      },
      {
        code: 132016,
        title: 'The template is disabled',
        advice:
          'Meta has turned the template off for its quality, for good. Make a new one and send that; messages with the old one will expire.'
      },
      {
        code: 132068,
        title: 'The flow is blocked',
        advice: 'Meta has blocked the flow in this message. Repair the flow at Meta, and publish it again.'
      },
      {
        code: 132069,
        title: 'The flow is throttled',
        advice: 'The flow answers badly, so that only ten messages an hour may carry it. Repair its endpoint.',
        resumesAfterMs: hourMs
      },
      {
        code: 134102,
        title: 'The template cannot be used now',
        advice: 'Meta cannot use the template for marketing messages. Check its state at Meta, or send another one.'
      }
    ]
  }
]
