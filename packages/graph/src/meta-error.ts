import { type MetaError } from '@wag/contracts'
import { isRecord, tidyText } from './tidy.ts'

const textLengthMax = 4096
// The range of PostgreSQL's `integer`; Meta's codes have seven digits at most.
const codeMax = 2_147_483_647

/**
 * Meta's error object, from an answer or from a webhook, with its texts as they came. undefined when it is none.
 * `error_data` is an object on messages and can be a plain string elsewhere.
 */
export function readMetaError(value: unknown): MetaError | undefined {
  if (!isRecord(value)) return undefined
  const code = readCode(value.code)
  const title = tidyText(value.title ?? value.error_user_title, textLengthMax)
  const details = readDetails(value)
  const message = tidyText(value.message, textLengthMax) ?? title ?? details ?? 'Meta gave no message'
  return {
    ...(code === undefined ? {} : { code }),
    ...(title === undefined ? {} : { title }),
    message,
    ...(details === undefined ? {} : { details })
  }
}

function readDetails(error: Record<string, unknown>): string | undefined {
  const data = isRecord(error.error_data) ? error.error_data.details : error.error_data
  return tidyText(data ?? error.error_user_msg, textLengthMax)
}

function readCode(value: unknown): number | undefined {
  const code = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return typeof code === 'number' && Number.isInteger(code) && Math.abs(code) <= codeMax ? code : undefined
}
