import {
  checkText,
  invalidParam,
  invalidValue,
  isLonger,
  isParams,
  type Params,
  pathTo,
  requireArray,
  requireParams,
  requireText
} from './params.ts'

const types = [
  'button',
  'list',
  'cta_url',
  'flow',
  'product',
  'product_list',
  'catalog_message',
  'location_request_message',
  'address_message',
  'carousel',
  'call_permission_request',
  'voice_call',
  'request_contact_info'
]

const withoutBody = new Set(['product', 'call_permission_request'])

/** Checks what every interactive message has, and buttons and lists to the end. */
export function checkInteractive(interactive: Params): void {
  const type = requireText(interactive, 'type', 'interactive')
  if (!types.includes(type)) {
    throw invalidParam(`Param interactive['type'] must be one of {${types.join(', ').toUpperCase()}} - got "${type}".`)
  }
  if (!withoutBody.has(type) || interactive.body !== undefined) {
    const body = requireParams(interactive, 'body', 'interactive')
    requireText(body, 'text', "interactive['body']", { max: type === 'list' ? 4096 : 1024 })
  }
  if (interactive.footer !== undefined) {
    requireText(requireParams(interactive, 'footer', 'interactive'), 'text', "interactive['footer']", { max: 60 })
  }
  checkHeader(interactive, type)
  const action = requireParams(interactive, 'action', 'interactive')
  if (type === 'button') checkButtons(action)
  if (type === 'list') checkList(action)
  if (type === 'cta_url') checkCtaUrl(action)
}

function checkHeader(interactive: Params, type: string): void {
  if (interactive.header === undefined) {
    if (type === 'product_list') throw invalidParam("The parameter interactive['header'] is required.")
    return
  }
  const header = requireParams(interactive, 'header', 'interactive')
  const kind = requireText(header, 'type', "interactive['header']")
  if (kind === 'text') requireText(header, 'text', "interactive['header']", { max: 60 })
  else if (type === 'list') throw invalidValue('Header of a list message must be of type text')
  else requireParams(header, kind, "interactive['header']")
}

function checkButtons(action: Params): void {
  const path = "interactive['action']['buttons']"
  const buttons = requireArray(action, 'buttons', "interactive['action']")
  checkCount(buttons.length, 'buttons', 1, 3)
  const titles = new Set<string>()
  for (const [index, button] of buttons.entries()) {
    if (!isParams(button)) throw invalidParam(`Param ${pathTo(path, index)} must be a JSON object.`)
    const reply = requireParams(button, 'reply', pathTo(path, index))
    const replyPath = pathTo(pathTo(path, index), 'reply')
    requireText(reply, 'id', replyPath, { max: 256 })
    const title = requireText(reply, 'title', replyPath)
    checkLength(title, 'Button title', 20)
    if (titles.has(title)) throw invalidValue(`Duplicated title: ${title}`)
    titles.add(title)
  }
}

function checkList(action: Params): void {
  checkLength(requireText(action, 'button', "interactive['action']"), 'Button label', 20)
  const path = "interactive['action']['sections']"
  const sections = requireArray(action, 'sections', "interactive['action']")
  checkCount(sections.length, 'sections', 1, 10)
  let rows = 0
  for (const [index, section] of sections.entries()) {
    if (!isParams(section)) throw invalidParam(`Param ${pathTo(path, index)} must be a JSON object.`)
    const title = checkText(section, 'title', pathTo(path, index), { optional: sections.length === 1 })
    if (title !== undefined) checkLength(title, 'Section title', 24)
    rows += checkRows(section, pathTo(path, index))
  }
  checkCount(rows, 'rows', 1, 10)
}

function checkRows(section: Params, path: string): number {
  const rows = requireArray(section, 'rows', path)
  for (const [index, row] of rows.entries()) {
    const rowPath = pathTo(pathTo(path, 'rows'), index)
    if (!isParams(row)) throw invalidParam(`Param ${rowPath} must be a JSON object.`)
    requireText(row, 'id', rowPath, { max: 200 })
    checkLength(requireText(row, 'title', rowPath), 'Row title', 24)
    checkText(row, 'description', rowPath, { optional: true, empty: true, max: 72 })
  }
  return rows.length
}

function checkCtaUrl(action: Params): void {
  const path = "interactive['action']['parameters']"
  const parameters = requireParams(action, 'parameters', "interactive['action']")
  checkLength(requireText(parameters, 'display_text', path), 'Display text', 20)
  const url = requireText(parameters, 'url', path)
  if (!URL.canParse(url)) throw invalidParam(`Param ${path}['url'] is not a valid URI.`)
}

function checkCount(count: number, noun: string, min: number, max: number): void {
  if (count >= min && count <= max) return
  throw invalidValue(`Invalid ${noun} count. Min allowed ${noun}: ${min}, Max allowed ${noun}: ${max}`)
}

function checkLength(text: string, noun: string, max: number): void {
  if (isLonger(text, max)) throw invalidValue(`${noun} length invalid. Min length: 1, Max length: ${max}`)
}
