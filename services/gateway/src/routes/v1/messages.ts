import { type App, addJson } from '@wag/service'
import { addBatch } from './batch.ts'
import { addCancel } from './cancel.ts'
import { type MessagesContext } from './context.ts'
import { addList } from './list.ts'
import { addRead } from './read.ts'
import { addResend } from './resend.ts'
import { addSend } from './send.ts'
import { addShow } from './show.ts'

/** The routes of `/v1/messages`, as a plugin. */
export async function addMessagesApi(app: App, context: MessagesContext): Promise<void> {
  // Some of these need no body, and clients say that it is JSON all the same.
  addJson(app, { isEmptyAllowed: true })
  addSend(app, context)
  addBatch(app, context)
  addList(app, context)
  addShow(app, context)
  addCancel(app, context)
  addResend(app, context)
  addRead(app, context)
}
