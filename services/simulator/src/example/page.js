import { connect } from '@wag/client'

const element = (id) => document.getElementById(id)
const form = document.forms[0]
// In the fragment, which browsers keep to themselves: /example#url=…&token=…&after=…
const given = new URLSearchParams(location.hash.slice(1))
const rows = new Map()
let connection

/** The row of a message; what is new comes first. */
function rowOf(id) {
  const known = rows.get(id)
  if (known) return known
  const row = element('messages').insertRow(0)
  const cells = Object.fromEntries(
    ['direction', 'contact', 'text', 'status', 'time'].map((name) => [name, row.insertCell()])
  )
  rows.set(id, cells)
  return cells
}

async function textOf({ body, link, wamid, direction }) {
  if (body || link) return body || link
  if (direction !== 'out') return ''
  // Events of sent messages carry no text; the simulator knows what was sent to it.
  const answer = await fetch(`/control/messages/${encodeURIComponent(wamid)}`)
  const { request } = answer.ok ? await answer.json() : {}
  return request?.text?.body ?? (request?.template ? `template ${request.template.name}` : '')
}

async function show({ type, at, data }) {
  const [noun, status] = type.split('.')
  if (noun !== 'message') return
  const isNew = !rows.has(data.messageId)
  const cells = rowOf(data.messageId)
  // Never as HTML: customers write these texts.
  cells.status.textContent = status
  cells.status.className = `status ${status}`
  cells.time.textContent = new Date(at).toLocaleTimeString()
  if (!isNew) return
  cells.direction.textContent = data.direction === 'in' ? '← in' : '→ out'
  cells.contact.textContent = data.contactId
  cells.text.textContent = await textOf(data)
}

function open() {
  connection?.close()
  const { url, token } = Object.fromEntries(new FormData(form))
  const after = given.has('after') ? Number(given.get('after')) : undefined
  const onState = (state) => {
    element('state').textContent = element('state').className = state
    if (state === 'connected') element('error').textContent = ''
  }
  const onError = ({ message }) => {
    element('error').textContent = message
  }
  connection = connect({ url, token, after, subscriptions: [{ tenant: true }], onEvent: show, onState, onError })
}

setInterval(() => {
  element('cursor').textContent = connection?.cursor ?? '–'
  element('lag').textContent = connection?.lag === undefined ? '–' : `${connection.lag} ms`
}, 250)
form.addEventListener('submit', (event) => {
  event.preventDefault()
  open()
})
for (const name of ['url', 'token']) if (given.has(name)) form.elements[name].value = given.get(name)
if (given.has('token')) open()
