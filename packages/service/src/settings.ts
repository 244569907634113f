import { type TObject, type TSchema, Type } from 'typebox'

const port = (number: number, whose: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: number, description: `Port of the ${whose}.` })

const milliseconds = (value: number, description: string, minimum = 0) =>
  Type.Integer({ minimum, maximum: 86_400_000, default: value, description })

const days = (value: number, minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: 36_500, default: value, description })

const count = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: value, description })

/**
 * Every environment variable there is. A service picks the ones it needs; docs/configuration.md and .env.example list
 * them all, and a test holds the three together.
 */
export const settings = {
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: 'PostgreSQL 15 or newer: postgres://user:password@host:port/database.'
  }),
  DATABASE_POOL_MAX: Type.Integer({
    minimum: 2,
    maximum: 100,
    default: 6,
    description: 'Connections one process keeps at most.'
  }),
  REDIS_URL: Type.String({
    pattern: '^rediss?://',
    description: 'Redis 7 or newer with maxmemory-policy noeviction: redis://:password@host:port.'
  }),
  REDIS_PREFIX: Type.String({
    minLength: 1,
    pattern: '^[a-z0-9_-]+$',
    default: 'wag',
    description: 'First part of every Redis key and channel.'
  }),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address the services listen on.' }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least serious log line that is written.'
  }),
  GATEWAY_PORT: port(3000, 'gateway'),
  REALTIME_PORT: port(3001, 'realtime service'),
  SIMULATOR_PORT: port(3002, 'simulator'),
  SENDER_PORT: port(3003, "sender's health and metrics"),
  INGEST_PORT: port(3004, "ingest worker's health and metrics"),
  SHUTDOWN_GRACE_MS: milliseconds(
    20_000,
    'How long a process may take to finish what it is doing when told to stop. The orchestrator must wait longer.',
    1_000
  ),
  API_KEY: Type.String({
    minLength: 32,
    description: 'The bootstrap admin key: any string of 32 characters or more.'
  }),
  ENCRYPTION_KEY: Type.String({
    pattern: '^[0-9a-fA-F]{64}$',
    description: 'Encrypts the Meta tokens in the database: 32 bytes in hex (openssl rand -hex 32).'
  }),
  GRAPH_URL: Type.String({
    pattern: '^https?://[^/]+',
    default: 'https://graph.facebook.com',
    description: "Where Meta's Graph API is."
  }),
  GRAPH_TIMEOUT_MS: milliseconds(15_000, 'How long one request to the Graph API may take.', 100),
  WHATSAPP_VERSION: Type.String({
    pattern: '^v[0-9]+\\.[0-9]+$',
    default: 'v24.0',
    description: 'Version of the Graph API.'
  }),
  WHATSAPP_ACCESS_TOKEN: Type.String({ minLength: 1, description: "Meta's access token of the system user." }),
  WHATSAPP_FROM_PHONE_NUMBER_ID: Type.String({
    pattern: '^[0-9]{1,32}$',
    description: "Meta's id of the phone number messages are sent from (not the number itself)."
  }),
  WHATSAPP_APP_SECRET: Type.String({
    pattern: '^[^,]+(,[^,]+)?$',
    description:
      "The Meta app's secret: webhooks are signed with it. While it is changed, the new and the old one with a comma."
  }),
  WHATSAPP_APP_SECRETS: Type.String({
    pattern: '^([\\w-]+:[^,:;]+(,[^,:;]+)?(;[\\w-]+:[^,:;]+(,[^,:;]+)?)*)?$',
    default: '',
    description:
      'Secrets of further Meta apps that post to the same address: name:secret or name:new,old, separated by semicolons.'
  }),
  WHATSAPP_VERIFY_TOKEN: Type.String({
    minLength: 1,
    description: 'What you type into the webhook settings of the Meta app, so that Meta can prove it is Meta.'
  }),
  SEND_WAIT_MS: milliseconds(
    30_000,
    "How long the original send routes wait for Meta's answer before they say queued."
  ),
  SEND_EXPIRES_S: Type.Integer({
    minimum: 1,
    maximum: 31_536_000,
    default: 86_400,
    description: 'How long a message may wait to be sent when its sender names no expires_at, in seconds.'
  }),
  DEFAULT_COUNTRY: Type.String({
    pattern: '^([A-Z]{2})?$',
    default: '',
    description: 'Country of phone numbers that are written without a country code: DE, US. None when empty.'
  }),
  PUBLIC_URL: Type.String({
    pattern: '^(https?://[^/]+)?$',
    default: '',
    description: 'Origin of the gateway as its clients see it, for links to further pages; else taken from the request.'
  }),
  SPOOL_DIR: Type.String({
    default: '',
    description:
      'Folder where a gateway keeps webhooks while the database is away. Without one Meta is answered 503 and repeats them.'
  }),
  SPOOL_BYTES_MAX: Type.Integer({
    minimum: 1_048_576,
    maximum: 1_099_511_627_776,
    default: 1_073_741_824,
    description: 'Bytes that folder may hold; beyond them Meta is answered 503.'
  }),
  MEDIA_TEMP_DIR: Type.String({
    default: '',
    description: "Folder through which files pass on their way to Meta; by default the system's for temporary files."
  }),
  MEDIA_UPLOADS_MAX: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: 16,
    description:
      'Files one gateway takes for upload at once, and links it fetches at once; each may need 100 MB of disk.'
  }),
  MEDIA_LINK_TIMEOUT_MS: milliseconds(30_000, 'How long fetching one link for media: upload may take.', 100),
  MEDIA_LINK_ALLOW: Type.String({
    pattern: '^([^,/\\s]+:[0-9]{1,5}(,[^,/\\s]+:[0-9]{1,5})*)?$',
    default: '',
    description:
      'Own servers that links may lead to although they are not public, also by http: host:port, separated by commas.'
  }),
  INBOX_DAYS: days(14, 8, 'Days for which raw webhooks are kept; Meta may repeat one for 7.'),
  EVENT_DAYS: days(90, 1, 'Days for which events, and what is in quarantine, are kept.'),
  ALARM_INTERVAL_MS: milliseconds(15_000, 'How often ingest looks for what is missing.', 100),
  ALARM_STATUS_S: count(600, 'A message should have got some status so many seconds after it was sent.'),
  ALARM_STATUS_COUNT: count(5, 'Alarm at so many messages without one…'),
  ALARM_STATUS_PERCENT: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 20,
    description: 'Sends without a status raise the alarm at this share of what was sent in an hour, in percent.'
  }),
  ALARM_SILENCE_S: count(600, 'Alarm when no webhook has come for so many seconds although messages were sent.'),
  ALARM_INBOX_S: count(60, 'Alarm when a webhook has waited for ingest for so many seconds.'),
  ALARM_PARKED_S: count(3_600, 'A status should have found its message after so many seconds.'),
  ALARM_PARKED_COUNT: count(100, 'Alarm at so many statuses of the last day that have not.'),
  ALARM_QUARANTINE_COUNT: count(1, 'Alarm at so many things in quarantine.'),
  SENDER_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 5_000,
    default: 500,
    description: 'Messages one sender process has claimed or is posting at once, over all phone numbers.'
  }),
  SEND_RATE_DEFAULT: Type.Integer({
    minimum: 1,
    maximum: 10_000,
    default: 80,
    description: 'Messages per second and phone number, where the number has no rate of its own.'
  }),
  UNKNOWN_ALERT_S: Type.Integer({
    minimum: 1,
    maximum: 2_592_000,
    default: 300,
    description: 'Seconds after which an event reports a message that is still unknown.'
  }),
  UNKNOWN_RESEND_S: Type.Integer({
    minimum: 1,
    maximum: 2_592_000,
    default: 30,
    description: 'Seconds after which an unknown message with on_unknown resend is sent once more.'
  }),
  SWEEP_INTERVAL_MS: milliseconds(1_000, 'How often the ledger is searched for what is due and was not rung for.', 100),
  CLAIM_TTL_MS: milliseconds(
    25_000,
    'When the claim on a message runs out and the message becomes unknown. At least GRAPH_TIMEOUT_MS + 5000.',
    1_000
  ),
  MEDIA_DIR: Type.String({
    default: '',
    description: 'Folder for the media that customers send; every gateway and ingest process must see the same.'
  }),
  MEDIA_S3_BUCKET: Type.String({
    default: '',
    description: 'Bucket for them instead of a folder. With neither set they are not fetched from Meta.'
  }),
  MEDIA_S3_ENDPOINT: Type.String({
    pattern: '^(https?://[^/]+.*)?$',
    default: '',
    description: "Address of the store with that bucket, where it is not Amazon's own."
  }),
  MEDIA_S3_REGION: Type.String({ minLength: 1, default: 'us-east-1', description: 'Region of the bucket.' }),
  MEDIA_S3_ACCESS_KEY_ID: Type.String({
    default: '',
    description: 'Name of the key to the bucket; without one the role of the machine is used.'
  }),
  MEDIA_S3_SECRET_ACCESS_KEY: Type.String({ default: '', description: 'The key to the bucket.' }),
  MEDIA_BYTES_MAX: count(100 * 1024 * 1024, 'A larger file is not kept.'),
  MEDIA_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 4,
    description: 'Media one ingest process fetches at once.'
  }),
  MEDIA_TIMEOUT_MS: milliseconds(
    300_000,
    "How long fetching one of them may take. Meta's addresses are good for five minutes.",
    1_000
  ),
  MEDIA_SHARE_S: Type.Integer({
    minimum: 1,
    maximum: 3_600,
    default: 300,
    description: 'How long a link of ours to what a customer sent works, in seconds.'
  }),
  REALTIME_TRANSPORTS: Type.String({
    pattern: '^(websocket|polling)(,(websocket|polling))?$',
    default: 'websocket',
    description:
      'Socket.IO transports, separated by commas. With polling a load balancer must keep a client on one node.'
  }),
  REALTIME_ORIGINS: Type.String({
    default: '',
    description: 'Origins of web pages that may connect, separated by commas. Clients that are not browsers send none.'
  }),
  REALTIME_CONNECTIONS_MAX: count(10_000, 'Sockets one realtime node takes; one more is answered with 503.'),
  REALTIME_CONNECTIONS_PER_KEY_MAX: count(10_000, 'Sockets one API key, with its tokens, may hold on one node.'),
  REALTIME_CONNECTIONS_PER_ADDRESS_MAX: count(10_000, 'Sockets one address may hold on one node.'),
  REALTIME_FRAMES_PER_S: count(20, 'Frames a client may send per second; one that sends more is cut.'),
  REALTIME_BUFFER_BYTES_MAX: count(
    512 * 1024,
    'Bytes that may wait for a slow reader before it is cut; it comes back and goes on by seq.'
  ),
  REALTIME_BACKFILL_EVENTS_MAX: count(
    100_000,
    'Events a client may be behind; one that is further behind is told to load anew.'
  ),
  SIMULATOR_WEBHOOK_URL: Type.String({
    pattern: '^https?://',
    default: 'http://127.0.0.1:3000/whatsapp-webhook/',
    description: 'Where the simulator posts its webhooks.'
  }),
  SIMULATOR_SEED: Type.Integer({
    default: 0,
    description: 'Seed of everything random in the simulator; 0 draws another at each start.'
  }),
  SIMULATOR_LATENCY_MS: milliseconds(0, 'How long the simulator takes to answer.'),
  SIMULATOR_SENT_DELAY_MS: milliseconds(100, 'When the simulator reports a message as sent.'),
  SIMULATOR_DELIVERED_DELAY_MS: milliseconds(400, 'When the simulator reports a message as delivered.'),
  SIMULATOR_READ_DELAY_MS: milliseconds(900, 'When the simulator reports a message as read.')
} satisfies Record<string, TSchema>

/** Variables that only `npm start` reads, on top of the settings above. */
export const developmentSettings = {
  DATA_DIR: Type.String({ minLength: 1, default: '.data', description: 'Folder of the embedded stores and secrets.' })
} satisfies Record<string, TSchema>

type Settings = typeof settings

/** What every service needs. */
export const shellSettings = ['HOST', 'LOG_LEVEL', 'SHUTDOWN_GRACE_MS'] as const

/** Where media are kept, for those who fetch and those who serve them. */
export const mediaStoreSettings = [
  'MEDIA_DIR',
  'MEDIA_S3_BUCKET',
  'MEDIA_S3_ENDPOINT',
  'MEDIA_S3_REGION',
  'MEDIA_S3_ACCESS_KEY_ID',
  'MEDIA_S3_SECRET_ACCESS_KEY'
] as const

/** A configuration schema of the named settings and those every service needs. */
export function pickSettings<Name extends keyof Settings>(
  ...names: Name[]
): TObject<Pick<Settings, Name | (typeof shellSettings)[number]>> {
  const picked = [...new Set([...shellSettings, ...names])]
  const properties = Object.fromEntries(picked.map((name) => [name, settings[name]]))
  return Type.Object(properties) as TObject<Pick<Settings, Name | (typeof shellSettings)[number]>>
}
