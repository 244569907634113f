import { type ErrorGroup } from './group.ts'

/** Making templates and flows. Numbers of 2388… come as `error_subcode` too, under code 100. */
export const definitionCodes: readonly ErrorGroup[] = [
  {
    class: 'management_only',
    scope: 'waba',
    rows: [
      {
        code: 139000,
        title: 'The flow breaks a policy',
        advice: 'Meta does not allow the flow. Change it, or ask for a review.'
      },
      {
        code: 139001,
        title: 'The flow cannot be changed',
        advice: 'A flow that is published cannot be changed. Make a copy, and publish that.'
      },
      {
        code: 139002,
        title: 'The flow cannot be published',
        advice: 'It has errors or lacks something, such as its endpoint. The details say what.'
      },
      {
        code: [139003, 139099],
        title: 'An error of flows',
        advice: "Making or changing a flow failed. Read Meta's text."
      },
      {
        code: 200005,
        title: 'No figures for templates',
        advice: 'Insights of templates are not available for this account yet.'
      },
      {
        code: 200006,
        title: 'The figures for templates stay on',
        advice: 'Insights of templates cannot be turned off once they are on.'
      },
      {
        code: 200007,
        title: 'The figures for templates are off',
        advice: 'Turn on insights of templates before you ask for them.'
      },
      {
        code: [200000, 200099],
        title: 'An error of templates',
        advice: "Making, changing or reading a template failed. Read Meta's text."
      },
      {
        code: 2388019,
        title: 'Too many templates',
        advice: 'The account has as many templates as it may have. Delete some.'
      },
      {
        code: 2388039,
        title: 'The template is not formatted as it must be',
        advice: 'Placeholders or marks are wrong. Correct the definition of the template.'
      },
      {
        code: 2388040,
        title: 'A text of the template is too long',
        advice: 'A part of the template has more characters than allowed. Shorten it.'
      },
      {
        code: 2388047,
        title: 'The header of the template is wrong',
        advice: 'The header has a form that is not allowed. Correct it.'
      },
      {
        code: 2388072,
        title: 'The body of the template is wrong',
        advice: 'The body has a form that is not allowed. Correct it.'
      },
      {
        code: 2388073,
        title: 'The footer of the template is wrong',
        advice: 'The footer has a form that is not allowed. Correct it.'
      },
      {
        code: 2388293,
        title: 'Too many variables for so few words',
        advice: 'The template needs more words around its variables. Add some, or use fewer variables.'
      },
      {
        code: 2388299,
        title: 'A variable stands at the beginning or the end',
        advice: 'A template may neither begin nor end with a variable. Put words there.'
      },
      {
        code: [2388000, 2388999],
        title: 'An error of templates or numbers',
        advice: "Making a template or adding a number failed. Read Meta's text."
      }
    ]
  }
]
