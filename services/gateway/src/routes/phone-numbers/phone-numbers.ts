import { type App } from '@wag/service'
import { addNumberChanges } from './change.ts'
import { type NumbersContext } from './context.ts'
import { addNumberPauses } from './pause.ts'
import { addNumberReads } from './read.ts'

/** `/v1/phone-numbers`: what stops a number and what waits; add, change, pause and resume one. */
export function addPhoneNumbers(app: App, context: NumbersContext): void {
  addNumberReads(app, context)
  addNumberChanges(app, context)
  addNumberPauses(app, context)
}
