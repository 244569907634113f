import { invalidParam, type Params, pathTo, refuseOtherKeys, requireParams, requireText } from '../params.ts'
import { refuseRepeated, requireItems, requireLabel, requireWord } from '../values.ts'

/** Checks reply buttons. */
export function checkButtons(action: Params, path: string): void {
  refuseOtherKeys(action, ['buttons'], path)
  const replies = requireItems(action, 'buttons', path, ['buttons', 1, 3]).map(([button, buttonPath]) => {
    requireWord(button, 'type', buttonPath, ['reply'])
    return checkReply(button, 'reply', buttonPath)
  })
  refuseRepeated(
    replies.map(({ id }) => id),
    'button id'
  )
  refuseRepeated(
    replies.map(({ title }) => title),
    'title'
  )
}

/** Checks what a button says and what it sends back. */
export function checkReply(button: Params, key: 'reply' | 'quick_reply', path: string): { id: string; title: string } {
  const reply = requireParams(button, key, path)
  const replyPath = pathTo(path, key)
  refuseOtherKeys(reply, ['id', 'title'], replyPath)
  const id = requireText(reply, 'id', replyPath, { max: 256 })
  if (id.trim() !== id) throw invalidParam(`Param ${replyPath}['id'] cannot have leading or trailing spaces.`)
  return { id, title: requireLabel(reply, 'title', replyPath, 'Button title', 20) }
}
