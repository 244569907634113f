export type Stats = ReturnType<typeof createStats>

/** Plain counters: /metrics and the control API read them, the hot path only adds. */
export function createStats() {
  const zero = () => ({
    requests: 0,
    accepted: 0,
    read_marks: 0,
    cut: 0,
    received: 0,
    webhooks_sent: 0,
    webhooks_failed: 0,
    webhooks_given_up: 0,
    webhooks_lost: 0,
    updates_sent: 0
  })
  const counts = zero()
  const refused = new Map<number, number>()

  return {
    counts,
    refused,
    refuse: (code: number) => void refused.set(code, (refused.get(code) ?? 0) + 1),
    clear(): void {
      Object.assign(counts, zero())
      refused.clear()
    }
  }
}
