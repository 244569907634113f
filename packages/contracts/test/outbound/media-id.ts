const media = new Set(['image', 'video', 'audio', 'document', 'sticker'])

/** The same message with this id wherever one names a file by an id: Meta refuses ids that it did not give out. */
export function withMediaId<Value>(message: Value, mediaId: string): Value {
  return JSON.parse(JSON.stringify(message), (key, value) => {
    const hasId = media.has(key) && typeof value === 'object' && value !== null && typeof value.id === 'string'
    return hasId && value.id !== '' ? { ...value, id: mediaId } : value
  })
}
