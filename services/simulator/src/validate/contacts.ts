import {
  checkText,
  invalidParam,
  invalidValue,
  type Params,
  pathTo,
  refuseOtherKeys,
  requireParams,
  requireText
} from './params.ts'
import { checkParams, requireItems } from './values.ts'

const contactsMax = 257

// What each list holds, and which of it must be there.
const lists = {
  addresses: [['street', 'city', 'state', 'zip', 'country', 'country_code', 'type'], undefined],
  emails: [['email', 'type'], 'email'],
  phones: [['phone', 'type', 'wa_id'], 'phone'],
  urls: [['url', 'type'], 'url']
} as const

const names = ['formatted_name', 'first_name', 'last_name', 'middle_name', 'suffix', 'prefix']

/** Checks the cards of a message of contacts. */
export function checkContacts(body: Params): void {
  for (const [contact, path] of requireItems(body, 'contacts', '', ['contacts', 1, contactsMax])) {
    refuseOtherKeys(contact, ['name', 'birthday', 'org', ...Object.keys(lists)], path)
    const name = requireParams(contact, 'name', path)
    requireText(name, 'formatted_name', pathTo(path, 'name'))
    checkTexts(name, names, pathTo(path, 'name'))
    const org = checkParams(contact, 'org', path)
    if (org !== undefined) checkTexts(org, ['company', 'department', 'title'], pathTo(path, 'org'))
    checkBirthday(contact, path)
    for (const [key, [fields, required]] of Object.entries(lists)) checkList(contact, key, path, fields, required)
  }
}

function checkList(contact: Params, key: string, path: string, fields: readonly string[], required?: string): void {
  if (contact[key] === undefined) return
  for (const [item, itemPath] of requireItems(contact, key, path, [key, 0, 1000])) {
    checkTexts(item, fields, itemPath)
    if (required !== undefined) requireText(item, required, itemPath)
  }
}

function checkTexts(params: Params, fields: readonly string[], path: string): void {
  refuseOtherKeys(params, fields, path)
  for (const field of fields) checkText(params, field, path, { optional: true, empty: true })
}

function checkBirthday(contact: Params, path: string): void {
  const birthday = checkText(contact, 'birthday', path, { optional: true })
  if (birthday === undefined) return
  const name = pathTo(path, 'birthday')
  if (!/^\d{4}-\d\d-\d\d$/.test(birthday)) throw invalidParam(`Param ${name} must be a date as YYYY-MM-DD.`)
  const [year = 0, month = 0, day = 0] = birthday.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw invalidValue(`${name} is not a date`)
}
