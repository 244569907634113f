import { type Db } from '@wag/db'
import { type Graph } from '@wag/graph'
import { type Config } from './config.ts'
import { createGate, type Gate } from './gate.ts'
import { createLinkUploads, type LinkUploads } from './link-uploads.ts'
import { type Metrics } from './metrics.ts'
import { openTempFiles, type TempFiles } from './temp-files.ts'
import { createUploads, type Uploads } from './uploads.ts'

/** All that a file needs on its way to Meta. */
export type OutboundMedia = { tempFiles: TempFiles; gate: Gate; uploads: Uploads; linkUploads: LinkUploads }

type OutboundMediaContext = { config: Config; db: Db; graph: Graph; metrics: Metrics }

/** Uploads that wait for their turn. */
const uploadsWaitingMax = 200

export async function openOutboundMedia({ config, db, graph, metrics }: OutboundMediaContext): Promise<OutboundMedia> {
  const tempFiles = await openTempFiles(config.MEDIA_TEMP_DIR)
  const uploads = createUploads({ db, graph, metrics, encryptionKey: config.ENCRYPTION_KEY })
  const allow = config.MEDIA_LINK_ALLOW.split(',').filter((host) => host !== '')
  const links = { timeoutMs: config.MEDIA_LINK_TIMEOUT_MS, allow }
  return {
    tempFiles,
    uploads,
    gate: createGate(config.MEDIA_UPLOADS_MAX, uploadsWaitingMax),
    linkUploads: createLinkUploads({ uploads, tempFiles, metrics, links, fetchesMax: config.MEDIA_UPLOADS_MAX })
  }
}
