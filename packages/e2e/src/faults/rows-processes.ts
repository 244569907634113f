import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { runMigrate } from '../seed.ts'
import { pick } from '../storm/random.ts'
import { type ServiceName } from '../system.ts'
import { type Arena, allowInFlight } from './arena.ts'
import { type Fault } from './fault.ts'

/** Kills a service and starts it again. */
export async function kill(arena: Arena, name: ServiceName): Promise<void> {
  if (name === 'sender') await allowInFlight(arena)
  await arena.system.services[name].kill()
  if (name === 'sender') await allowInFlight(arena)
  await arena.system.services[name].start()
}

async function killTimes(arena: Arena, name: ServiceName, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await kill(arena, name)
    await sleep(200 + arena.random() * 800)
  }
}

async function stopFor(arena: Arena, name: ServiceName, ms: number): Promise<void> {
  if (name === 'sender') await allowInFlight(arena)
  arena.system.services[name].signal('SIGSTOP')
  await sleep(ms)
  if (name === 'sender') await allowInFlight(arena)
  arena.system.services[name].signal('SIGCONT')
}

const services: ServiceName[] = ['gateway', 'sender', 'ingest', 'realtime']

/** What befalls our own processes. */
export const processFaults: Fault[] = [
  {
    id: 'F1',
    title: 'the gateway is killed around its commits',
    expected: 'no 2xx without a row; the repeated request makes one message',
    strike: (arena) => killTimes(arena, 'gateway', 3)
  },
  {
    id: 'F2',
    title: 'the gateway is killed after the commit and before the answer',
    expected: 'the repeated request gets the id that was committed',
    async strike(arena) {
      arena.proxies.postgres.set({ kind: 'deaf' })
      await sleep(300)
      await arena.system.services.gateway.kill()
      arena.proxies.postgres.cut()
      arena.proxies.postgres.set({ kind: 'clear' })
      await arena.system.services.gateway.start()
    }
  },
  {
    id: 'F3',
    title: 'the gateway is killed between commit and bell, again and again',
    expected: 'the sweep finds what nobody rang for',
    strike: (arena) => killTimes(arena, 'gateway', 5)
  },
  {
    id: 'F4',
    title: 'the sender is killed before and after claim, POST and record',
    expected: 'sent once, or unknown and settled by its status',
    strike: (arena) => killTimes(arena, 'sender', 5)
  },
  {
    id: 'F5',
    title: 'a sender stands still for longer than its claims live, and goes on',
    expected: 'what another might have sent is not posted again',
    async strike(arena) {
      const second = await arena.system.addNode('sender')
      await stopFor(arena, 'sender', 12_000)
      await sleep(1_000)
      await allowInFlight(arena)
      await second.process.stop()
    }
  },
  {
    id: 'F6',
    title: 'the sender crashes three times over the same work',
    expected: 'still delivered: a crash is nobody’s failure',
    async strike(arena) {
      for (let time = 0; time < 3; time++) await kill(arena, 'sender')
    }
  },
  {
    id: 'F35',
    title: 'the migration runs under load',
    expected: 'nothing is lost, nothing waits long',
    strike: (arena) => runMigrate(arena.system.env)
  },
  {
    id: 'F36',
    title: 'every process is told to stop under load',
    expected: 'what is under way is finished, nothing is doubled',
    async strike(arena) {
      for (const name of services) {
        const code = await arena.system.services[name].stop()
        if (code !== 0) throw new Error(`${name} ended with ${code}`)
        await arena.system.services[name].start()
      }
    }
  },
  {
    id: 'F37',
    title: 'every process stands still for five seconds',
    expected: 'nothing is doubled',
    async strike(arena) {
      for (const name of services) await stopFor(arena, name, 5_000)
    }
  },
  {
    id: 'F39',
    title: 'ingest is killed as the kernel kills for memory',
    expected: 'as with any death: applied once',
    strike: (arena) => killTimes(arena, 'ingest', 4)
  },
  {
    id: 'F40',
    title: 'the gateway has no file descriptors left',
    expected: 'callers wait or are turned away; it lives, and serves again by itself',
    async strike(arena) {
      const pid = String(arena.system.services.gateway.pid())
      const limit = (files: string) => promisify(execFile)('prlimit', ['--pid', pid, `--nofile=${files}:`])
      await limit('10')
      const port = Number(arena.system.env.GATEWAY_PORT)
      const callers = Array.from({ length: 50 }, () => connect({ port, host: '127.0.0.1' }))
      for (const caller of callers) caller.on('error', () => caller.destroy()).on('close', () => caller.destroy())
      await sleep(4_000)
      for (const caller of callers) caller.destroy()
      await limit('4096')
      if (String(arena.system.services.gateway.pid()) !== pid) throw new Error('the gateway is another process now')
    },
    async skip() {
      const found = await promisify(execFile)('prlimit', ['--version']).catch(() => undefined)
      return found ? undefined : 'there is no prlimit'
    }
  },
  {
    id: 'F47',
    title: 'realtime is killed under its clients',
    expected: 'they catch up by seq',
    strike: (arena) => killTimes(arena, 'realtime', 3)
  }
]

/** A random one of our services. */
export function anyService({ random }: Arena): ServiceName {
  return pick(random, services)
}
