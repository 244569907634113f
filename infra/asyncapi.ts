import { writeFile } from 'node:fs/promises'
import {
  EventDataSchema,
  EventSchema,
  EventTypeSchema,
  HandshakeSchema,
  ReloadSchema,
  SubscribeSchema,
  SubscriptionAckSchema,
  SubscriptionSchema
} from '@wag/contracts'
import { stringify } from 'yaml'

/** Where the document stands. `node infra/asyncapi.ts` writes it anew; a test fails when that would change it. */
export const asyncapiPath = new URL('../docs/asyncapi.yaml', import.meta.url)

const schemas = {
  Event: EventSchema,
  EventType: EventTypeSchema,
  EventData: EventDataSchema,
  Reload: ReloadSchema,
  Subscription: SubscriptionSchema,
  Subscribe: SubscribeSchema,
  SubscriptionAck: SubscriptionAckSchema,
  Handshake: HandshakeSchema
}

/** A message of the one channel there is: its payload, and what it is for. */
function message(name: string, schema: keyof typeof schemas, summary: string) {
  return { name, summary, payload: { $ref: `#/components/schemas/${schema}` } }
}

const messages = {
  connect: message(
    'connect',
    'Handshake',
    'The `auth` of the Socket.IO handshake. A refusal is a `connect_error` whose message begins with its code.'
  ),
  subscribe: message('subscribe', 'Subscribe', 'What to listen to; several given together begin at one place.'),
  unsubscribe: message('unsubscribe', 'Subscribe', 'What not to listen to any more.'),
  acknowledgement: message('acknowledgement', 'SubscriptionAck', 'The answer, as the acknowledgement of the frame.'),
  event: message('event', 'Event', 'Something happened: docs/events.md. In the order of `seq`, each once.'),
  reload: message('reload', 'Reload', 'Events after `auth.after` are not kept any more, or never were.')
}

type Name = keyof typeof messages

/** What the service receives or sends, and what it answers. */
function operation(action: 'receive' | 'send', name: Name, answer?: Name) {
  const channel = { $ref: '#/channels/socket' }
  const messageIn = (one: Name) => ({ $ref: `#/channels/socket/messages/${one}` })
  return {
    action,
    channel,
    messages: [messageIn(name)],
    ...(answer && { reply: { channel, messages: [messageIn(answer)] } })
  }
}

/** The realtime service as an AsyncAPI document, made of the schemas that it checks its frames with. */
export function createAsyncapi() {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'wag realtime',
      version: '1.0.0',
      description:
        'The event log of a tenant over Socket.IO 4. What may be relied on, tokens for browsers, limits and the same log over ' +
        'HTTP: docs/realtime.md.'
    },
    defaultContentType: 'application/json',
    servers: {
      realtime: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'ws',
        description: 'Socket.IO (Engine.IO 4) over WebSocket; behind TLS it is wss.',
        variables: { host: { default: '127.0.0.1:3001' } },
        security: [{ $ref: '#/components/securitySchemes/token' }]
      }
    },
    channels: {
      socket: {
        address: '/',
        title: 'The main namespace',
        description: 'Each message is a Socket.IO event of its name, with the payload as its one argument.',
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, ref('messages', name)]))
      }
    },
    operations: {
      connect: operation('receive', 'connect'),
      subscribe: operation('receive', 'subscribe', 'acknowledgement'),
      unsubscribe: operation('receive', 'unsubscribe', 'acknowledgement'),
      event: operation('send', 'event'),
      reload: operation('send', 'reload')
    },
    components: {
      messages,
      schemas,
      securitySchemes: {
        token: {
          type: 'apiKey',
          in: 'password',
          description: 'An API key or a token of `POST /v1/realtime/tokens`, as `auth.token` of the handshake.'
        }
      }
    }
  }
}

function ref(kind: string, name: string) {
  return { $ref: `#/components/${kind}/${name}` }
}

/** The document as it stands in the file. */
export function asyncapiText(): string {
  // By way of JSON: what TypeBox keeps for itself is no part of a schema.
  const document: unknown = JSON.parse(JSON.stringify(createAsyncapi(), shareSchemas))
  return `# Written by infra/asyncapi.ts from packages/contracts.\n${stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })}`
}

const names = new Map<unknown, string>(Object.entries(schemas).map(([name, schema]) => [schema, name]))

/** A schema that is part of others is named once, and so has one name in generated code, too. */
function shareSchemas(key: string, value: unknown): unknown {
  const name = names.get(value)
  return name === undefined || name === key ? value : ref('schemas', name)
}

if (import.meta.main) await writeFile(asyncapiPath, asyncapiText())
