import { join } from 'node:path'
import { type Secrets } from './secrets.ts'
import { type Settings, urlOf } from './settings.ts'

/** What a newcomer needs once everything runs: where it is, the key, and a line that sends a message. */
export function banner(settings: Settings, secrets: Secrets): string {
  const gateway = urlOf(settings, 'gateway')
  const rows = [
    ['REST API', gateway],
    ['Realtime', `${urlOf(settings, 'realtime')}  (Socket.IO; npm run listen prints the events)`],
    ...(settings.simulated ? [['Simulator', `${urlOf(settings, 'simulator')}  (in place of Meta)`]] : []),
    ['Queues', `${gateway}/ops/queues`],
    ['Health', `${gateway}/health/ready`],
    ['API key', `${secrets.API_KEY}  (also in ${join(settings.dataDir, 'api-key')})`]
  ]
  const table = rows.map(([name, value]) => `  ${name?.padEnd(10)} ${value}`).join('\n')
  return `
READY

${table}

Send a message:

  curl -s ${gateway}/send-template-message/ \\
    -H 'Authorization: Bearer ${secrets.API_KEY}' -H 'Content-Type: application/json' \\
    -d '{"to_phone_number":"+16505551234","template_name":"Hello World"}'

Ctrl-C stops everything; the data stays in ${settings.dataDir}.
`
}

/** What is still a development secret although the messages go to Meta. */
export function warnings(settings: Settings): string[] {
  if (settings.simulated) return []
  const missing = ['WHATSAPP_APP_SECRET', 'WHATSAPP_VERIFY_TOKEN'].filter((name) => settings.env[name] === undefined)
  return missing.map((name) => `NOTE: ${name} is not set, a development one is used: Meta's webhooks need the real one`)
}
