/** A share of what this process may have under way. */
export type Permits = {
  /** Resolves with at least one permit and at most `want`, when it is this group's turn. */
  take(group: string, want: number): Promise<number>
  give(many: number): void
  /** Permits that are out. */
  used(): number
}

type Waiting = { want: number; resolve: (granted: number) => void }

/**
 * So many permits, handed out to groups in turn and within a group by arrival: whoever asks much, or often, does not
 * hold up the others.
 */
export function createPermits(max: number): Permits {
  // Insertion order is the order of the turns: a group that got some goes to the end.
  const groups = new Map<string, Waiting[]>()
  let free = max

  function serve(): void {
    for (const [group, waiting] of groups) {
      if (free === 0) return
      groups.delete(group)
      const next = waiting.shift()
      if (!next) continue
      if (waiting.length > 0) groups.set(group, waiting)
      const granted = Math.min(next.want, free)
      free -= granted
      next.resolve(granted)
    }
  }

  return {
    take(group, want) {
      return new Promise((resolve) => {
        const waiting = groups.get(group) ?? []
        waiting.push({ want, resolve })
        groups.set(group, waiting)
        serve()
      })
    },
    give(many) {
      free += many
      serve()
    },
    used: () => max - free
  }
}
