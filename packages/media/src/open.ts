import { createFolderStore } from './folder.ts'
import { type MediaStore, type MediaStoreConfig } from './store.ts'

/** Opens the store that the settings name; undefined where they name none. The caller closes it. */
export async function openMediaStore(config: MediaStoreConfig): Promise<MediaStore | undefined> {
  if (config.MEDIA_S3_BUCKET !== '') {
    // Only here: the SDK takes 30 MB of memory, which a folder does not need.
    const { createS3Store } = await import('./s3.ts')
    return createS3Store(config)
  }
  return config.MEDIA_DIR === '' ? undefined : createFolderStore(config.MEDIA_DIR)
}
