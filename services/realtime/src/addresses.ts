/** Connections by address, so that one cannot take them all. */
export function createAddresses(max: number) {
  const counts = new Map<string, number>()
  return {
    isFull: (address = ''): boolean => (counts.get(address) ?? 0) >= max,

    /** Counts a connection; the returned function counts it out. */
    add(address = ''): () => void {
      counts.set(address, (counts.get(address) ?? 0) + 1)
      return () => {
        const left = (counts.get(address) ?? 1) - 1
        if (left > 0) counts.set(address, left)
        else counts.delete(address)
      }
    }
  }
}
