import { pick } from '../storm/random.ts'
import { type Fault } from './fault.ts'

/** Rows that may strike at once: each heals what it did, whatever another does meanwhile. */
const combinable = ['F1', 'F4', 'F8', 'F10', 'F17', 'F18', 'F30', 'F39', 'F45', 'F47']

/** The random nemesis: pairs of other rows at once, drawn by the seed. `--minutes` goes on with single rows. */
export function createNemesis(rows: Fault[]): Fault {
  const candidates = rows.filter(({ id }) => combinable.includes(id))
  return {
    id: 'F49',
    title: 'random pairs of faults at once',
    expected: 'every promise is kept',
    async strike(arena) {
      for (let time = 0; time < 3; time++) {
        const first = pick(arena.random, candidates)
        const second = pick(
          arena.random,
          candidates.filter((row) => row !== first)
        )
        arena.log(`F49 strikes ${first.id} and ${second.id}`)
        const results = await Promise.allSettled([first.strike(arena), second.strike(arena)])
        const failed = results.find((result) => result.status === 'rejected')
        if (failed) throw failed.reason
      }
    }
  }
}
