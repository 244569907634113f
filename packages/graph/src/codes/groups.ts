import { type ErrorGroup } from './group.ts'

/** Groups. */
export const groupCodes: readonly ErrorGroup[] = [
  {
    class: 'request_permanent',
    scope: 'message',
    rows: [
      {
        code: 131020,
        title: 'The group has one member only',
        advice: 'Nobody but the business is in the group. Wait until others have joined.'
      },
      {
        code: 131041,
        title: 'The group is not known',
        advice: 'There is no group with this id, or this number is not in it. Check the id.'
      },
      {
        code: 131059,
        title: 'The cursor is not valid',
        advice: 'A list of groups was asked for with a cursor that is none. Begin the list anew.'
      },
      {
        code: 131201,
        title: 'Done in part',
        advice: 'Only some of the members could be dealt with. The details name the others.'
      },
      {
        code: 131202,
        title: 'A member is named twice',
        advice: 'The same person stands in the request more than once. Name each once.'
      },
      {
        code: 131204,
        title: 'Too many members',
        advice: 'The group is full, or the request names more members than one call may. Name fewer.'
      },
      {
        code: 131207,
        title: 'The group is suspended',
        advice: 'Meta has suspended the group over a policy. Nothing can be sent to it.'
      },
      {
        code: 131209,
        title: 'The picture of the group has the wrong shape',
        advice: 'The picture must be square. Give another one.'
      },
      {
        code: 131210,
        title: 'The picture of the group is too small',
        advice: 'The picture must be at least 192 pixels wide and high. Give a larger one.'
      },
      {
        code: 131211,
        title: 'Too many groups',
        advice: 'The number may not make more groups. Delete some, or use another number.'
      },
      {
        code: 131212,
        title: 'Not a member of the group',
        advice: 'The person named is not in the group. Check who is.'
      },
      {
        code: 131213,
        title: 'Nobody asked to join',
        advice: 'The request to join is gone: it was taken back or already answered. Nothing is to be done.'
      },
      {
        code: 131214,
        title: 'No groups can be made now',
        advice: 'Making groups is turned off for the number for a time. Try again later.'
      },
      {
        code: 131215,
        title: 'The number may not use groups',
        advice: 'The number does not meet the conditions for groups. Send to each person instead.'
      }
    ]
  }
]
