/** Something to run at a time of `performance.now()`. The owner may schedule it again once it ran. */
export type Task = { due: number; order: number; run: () => void }

export type Scheduler = ReturnType<typeof createScheduler>

/**
 * Runs tasks when they are due, those due at the same time in the order they were scheduled. A heap and one timer:
 * thousands of statuses a second would otherwise mean as many timers.
 */
export function createScheduler() {
  let heap: Task[] = []
  let order = 0
  let timer: NodeJS.Timeout | undefined
  let timerDue = Number.POSITIVE_INFINITY
  let isStopped = false

  function arm(): void {
    const first = heap[0]
    if (first === undefined || first.due >= timerDue) return
    clearTimeout(timer)
    timerDue = first.due
    timer = setTimeout(runDue, Math.max(0, first.due - performance.now()))
  }

  function runDue(): void {
    timerDue = Number.POSITIVE_INFINITY
    // NOTE: timers may fire up to a millisecond early; what is due within it runs now.
    const now = performance.now() + 1
    for (let first = heap[0]; first !== undefined && first.due <= now; first = heap[0]) {
      removeFirst(heap)
      first.run()
    }
    arm()
  }

  function schedule(task: Task, due: number): void {
    if (isStopped) return
    task.due = due
    task.order = order++
    insert(heap, task)
    arm()
  }

  function after(ms: number, run: () => void): void {
    schedule({ due: 0, order: 0, run }, performance.now() + ms)
  }

  /** Forgets everything that is scheduled; returns what it was. */
  function clear(): Task[] {
    clearTimeout(timer)
    timerDue = Number.POSITIVE_INFINITY
    const forgotten = heap
    heap = []
    return forgotten
  }

  return {
    schedule,
    after,
    sleep: (ms: number) => (isStopped ? Promise.resolve() : new Promise<void>((resolve) => after(ms, resolve))),
    clear,
    /** The same for good: nothing can be scheduled any more, and a sleep ends at once. */
    stop(): Task[] {
      isStopped = true
      return clear()
    }
  }
}

function before(a: Task, b: Task): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}

function insert(heap: Task[], task: Task): void {
  let at = heap.push(task) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !before(task, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = task
}

function removeFirst(heap: Task[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const takesRight = left !== undefined && right !== undefined && before(right, left)
    const child = takesRight ? right : left
    if (child === undefined || !before(child, last)) break
    heap[at] = child
    at = 2 * at + (takesRight ? 2 : 1)
  }
  heap[at] = last
}
