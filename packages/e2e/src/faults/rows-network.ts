import { setTimeout as sleep } from 'node:timers/promises'
import { allowInFlight } from './arena.ts'
import { type Fault } from './fault.ts'

/** What befalls the lines between us, the stores and Meta. */
export const linkFaults: Fault[] = [
  {
    id: 'F48',
    title:
      'lines that stall, answer one way only, stand half-open and break (proxies, the nearest thing to lost packets)',
    expected: 'nothing is lost or doubled, and every line is used again',
    async strike(arena) {
      const { random } = arena
      const lines = Object.entries(arena.proxies)
      for (let time = 0; time < 10; time++) {
        const line = lines[Math.floor(random() * lines.length)]
        if (!line) continue
        const [name, proxy] = line
        const draw = random()
        // A lost packet comes again after a retransmission timeout: everything behind it waits so long.
        if (draw < 0.4) proxy.set({ kind: 'slow', delayMs: 200 + Math.round(random() * 400) })
        else if (draw < 0.7) proxy.set({ kind: 'deaf' })
        else proxy.set({ kind: 'silent' })
        await sleep(500 + random() * 1_000)
        // Bytes that were swallowed cannot come later: the line is broken, as after its last retransmission.
        if (draw >= 0.4) {
          if (name === 'graph') await allowInFlight(arena)
          proxy.cut()
        }
        proxy.set({ kind: 'clear' })
        await sleep(300)
      }
    }
  }
]
