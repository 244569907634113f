import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext } from '@wag/testkit'

/** A forked part of a benchmark: one request, one answer. */
export type Child = { pid: number; ask(command: object): Promise<unknown>; tell(command: object): void; first: unknown }

/** Short collections: a stand-in that stalls sees what comes meanwhile as one. */
const nodeFlags = ['--max-semi-space-size=1']

/** Forks a program of this folder; `waits` when it says something of its own accord first. */
export async function startChild(t: TestContext, file: string, waits: boolean): Promise<Child> {
  const child: ChildProcess = fork(new URL(file, import.meta.url).pathname, { execArgv: nodeFlags })
  t.teardown(() => child.kill('SIGKILL'))
  const answer = async (): Promise<unknown> => ((await once(child, 'message')) as unknown[])[0]
  const first = waits ? await answer() : undefined
  return {
    pid: child.pid ?? 0,
    first,
    tell: (command) => void child.send(command),
    async ask(command) {
      const answered = answer()
      child.send(command)
      return answered
    }
  }
}
