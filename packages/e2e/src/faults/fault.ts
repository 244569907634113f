import { type Arena } from './arena.ts'

/** One row of the fault matrix. */
export type Fault = {
  /** `F7`: the name `--only` takes. */
  id: string
  title: string
  expected: string
  /** Brings the fault about and takes it away again; the load goes on meanwhile. */
  strike(arena: Arena): Promise<void>
  /** Why it cannot be tried on this machine, where it cannot. */
  skip?(): Promise<string | undefined>
}
