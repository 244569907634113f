import { listen, openPublisher, openQueues, readThrottles } from '@wag/bus'
import { GatewayError } from '@wag/contracts'
import { createGraph } from '@wag/graph'
import { type App, buildService } from '@wag/service'
import { createAcceptor } from './accept.ts'
import { type Config } from './config.ts'
import { createDrafts } from './drafts.ts'
import { openInboundMedia } from './inbound-media.ts'
import { createInbox } from './inbox.ts'
import { createMetrics, measureSpool } from './metrics.ts'
import { createNumbers } from './numbers.ts'
import { openOutboundMedia } from './outbound-media.ts'
import { createOutcomes } from './outcomes.ts'
import { createPhoneParser } from './phone.ts'
import { addBoard } from './routes/board.ts'
import { addContacts } from './routes/contacts.ts'
import { addMedia } from './routes/media.ts'
import { addMediaContent } from './routes/media-content.ts'
import { addMessages } from './routes/messages.ts'
import { addPauseList } from './routes/pauses.ts'
import { addPhoneNumbers } from './routes/phone-numbers/phone-numbers.ts'
import { addPrivacy } from './routes/privacy.ts'
import { addQuarantine } from './routes/quarantine.ts'
import { addSendMessage } from './routes/send-message.ts'
import { addSendTemplate } from './routes/send-template.ts'
import { addMessagesApi } from './routes/v1/messages.ts'
import { addUploadMedia } from './routes/v1/upload-media.ts'
import { addContactsApi } from './routes/v1-contacts.ts'
import { addWebhook } from './routes/webhook.ts'
import { addWebhooks } from './routes/webhooks.ts'
import { openSpool } from './spool/spool.ts'

/** A caller hears within two seconds that the ledger is away: both together, and time to say so. */
const statementTimeoutMs = 1_000
const connectTimeoutMs = 500
/** Lookups of media under way at once. */
const graphConnectionsMax = 20

/** REST API, the six original routes, Meta's webhook → ledger → BullMQ. */
export async function buildApp(config: Config): Promise<App> {
  const spool = config.SPOOL_DIR
    ? await openSpool({ dir: config.SPOOL_DIR, bytesMax: config.SPOOL_BYTES_MAX })
    : undefined
  const { app, db, redis, redisOptions } = await buildService({
    name: 'gateway',
    config,
    statementTimeoutMs,
    connectTimeoutMs,
    ...(spool && { checks: { spool: () => spool.measure().then(({ bytes }) => `${bytes} bytes wait`) } })
  })
  const queues = openQueues({ redis, prefix: redisOptions.prefix, onError: redisOptions.onError })
  const metrics = createMetrics(app.metrics)
  if (spool) measureSpool(app.metrics, spool.size)

  const outcomes = createOutcomes(db, app.log)
  const hints = listen(
    { ...redisOptions, name: 'wag-gateway-hints' },
    { onOutcomes: ({ messageIds }) => outcomes.ended(messageIds) }
  )
  app.addHook('onClose', async () => hints.close())
  app.addHook('preClose', () => outcomes.close())

  const graph = createGraph({
    baseUrl: config.GRAPH_URL,
    version: config.WHATSAPP_VERSION,
    timeoutMs: config.GRAPH_TIMEOUT_MS,
    connectionsMax: graphConnectionsMax + 2 * config.MEDIA_UPLOADS_MAX
  })
  app.addHook('onClose', () => graph.close())

  const inbound = await openInboundMedia(db, config)
  app.addHook('onClose', async () => inbound.store?.close())

  const acceptor = createAcceptor({ db, queues, metrics, log: app.log, lifetimeS: config.SEND_EXPIRES_S })
  const inbox = createInbox({ db, queues, metrics, log: app.log, spool })
  app.addHook('onClose', () => Promise.all([acceptor.idle(), inbox.close()]).then(() => undefined))

  const media = await openOutboundMedia({ config, db, graph, metrics })

  const sending = { db, acceptor, outcomes, waitMs: config.SEND_WAIT_MS }
  const numbers = createNumbers(db)
  const drafts = createDrafts({
    numbers,
    parsePhone: createPhoneParser(config.DEFAULT_COUNTRY),
    prepareMedia: (message) => media.linkUploads.replaceLinks(message)
  })
  const messages = {
    ...sending,
    drafts,
    graph,
    publisher: openPublisher({ redis, prefix: redisOptions.prefix }),
    encryptionKey: config.ENCRYPTION_KEY,
    publicUrl: config.PUBLIC_URL,
    lifetimeS: config.SEND_EXPIRES_S
  }
  await app.register(async (routes) => addWebhook(routes, { config, inbox, metrics }))
  await app.register(async (routes) => addUploadMedia(routes, { ...media, numbers }))
  await app.register(async (routes) => addBoard(routes, queues))
  await app.register(async (routes) => addMessagesApi(routes, messages))
  const webhooks = { db, queues, metrics, log: app.log, publicUrl: config.PUBLIC_URL }
  addSendTemplate(app, sending)
  addSendMessage(app, sending)
  addWebhooks(app, webhooks)
  addQuarantine(app, webhooks)
  addPrivacy(app, { ...messages, log: app.log })
  addMessages(app, { db, publicUrl: config.PUBLIC_URL })
  addContacts(app, { db, publicUrl: config.PUBLIC_URL })
  addContactsApi(app, { db, publicUrl: config.PUBLIC_URL })
  addPhoneNumbers(app, {
    db,
    throttles: (ids) => readThrottles({ redis, prefix: redisOptions.prefix }, ids).catch(unlessAway),
    publisher: openPublisher({ redis, prefix: redisOptions.prefix }),
    queues,
    numbers,
    encryptionKey: config.ENCRYPTION_KEY,
    publicUrl: config.PUBLIC_URL
  })
  addPauseList(app, { db })
  addMedia(app, { ...inbound, graph, encryptionKey: config.ENCRYPTION_KEY })
  addMediaContent(app, inbound)
  return app
}

/** What only Redis knows is left out while it is away. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.code !== 'redis_unavailable') throw error
}
