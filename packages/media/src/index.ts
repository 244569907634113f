export { openMediaStore } from './open.ts'
export type { ByteRange, BytesKey, MediaSink, MediaStore, MediaStoreConfig } from './store.ts'
