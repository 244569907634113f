/** Rings once, at the earliest of the moments it was set to. */
export type Alarm = {
  set(inMs: number): void
  isSet(): boolean
  clear(): void
}

export function createAlarm(ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined
  let at = Number.POSITIVE_INFINITY

  function clear(): void {
    clearTimeout(timer)
    at = Number.POSITIVE_INFINITY
  }

  return {
    set(inMs) {
      const wanted = performance.now() + inMs
      if (wanted >= at) return
      clear()
      at = wanted
      timer = setTimeout(
        () => {
          at = Number.POSITIVE_INFINITY
          ring()
        },
        Math.max(0, Math.ceil(inMs))
      )
    },
    isSet: () => at < Number.POSITIVE_INFINITY,
    clear
  }
}
