import { type Db } from '@wag/db'
import { type MediaStore, openMediaStore } from '@wag/media'
import { type Config } from './config.ts'
import { createMediaLinks, type MediaLinks } from './media-link.ts'

/** What the routes work with that serve what customers sent. */
export type InboundMedia = {
  db: Db
  /** Undefined where none is set up. */
  store: MediaStore | undefined
  links: MediaLinks
  /** Seconds that a link works when nothing else is asked for. */
  linkSeconds: number
  publicUrl: string
}

/** Opens the store of what customers sent, where there is one. The caller closes it. */
export async function openInboundMedia(db: Db, config: Config): Promise<InboundMedia> {
  return {
    db,
    store: await openMediaStore(config),
    links: createMediaLinks(config.ENCRYPTION_KEY),
    linkSeconds: config.MEDIA_SHARE_S,
    publicUrl: config.PUBLIC_URL
  }
}
