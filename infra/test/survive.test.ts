import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@wag/testkit'
import t from 'tap'
import { createStubProject, isAlive, pids, serviceNames, startSupervisor } from './stub-project.ts'

const slow = { timeoutMs: 20_000 }

t.test('a child that dies, service or store, is started again and said so', async (t) => {
  const project = await createStubProject(t)
  const supervisor = startSupervisor(t, project)
  await supervisor.line(/^READY/)
  const [gateway = 0] = pids(supervisor.lines, 'gateway')
  process.kill(gateway, 'SIGKILL')
  await supervisor.line(/gateway ended by itself \(SIGKILL\): starting it again in 250 ms/)
  await eventually(() => pids(supervisor.lines, 'gateway').length === 2, slow)
  const [postgres = 0] = (await readFile(join(project.dataDir, 'postgres/postmaster.pid'), 'utf8'))
    .split('\n')
    .map(Number)
  process.kill(postgres, 'SIGKILL')
  await supervisor.line(/postgres ended by itself \(SIGKILL\)/)
  await eventually(async () => {
    const file = await readFile(join(project.dataDir, 'postgres/postmaster.pid'), 'utf8')
    return Number.parseInt(file, 10) !== postgres && file.includes('ready')
  }, slow)
  supervisor.kill('SIGTERM')
  t.equal(await supervisor.exited, 0)
})

t.test('nothing outlives a supervisor that was killed, and the next one starts', async (t) => {
  const project = await createStubProject(t)
  const first = startSupervisor(t, project)
  await first.line(/^READY/)
  const children = serviceNames.flatMap((name) => pids(first.lines, name))
  for (const file of ['postgres/postmaster.pid', 'redis/redis.pid']) {
    children.push(Number.parseInt(await readFile(join(project.dataDir, file), 'utf8'), 10))
  }
  t.equal(children.filter(isAlive).length, 7)
  first.kill('SIGKILL')
  await eventually(() => children.every((pid) => !isAlive(pid)), slow)
  await startSupervisor(t, project).line(/^READY/)
})

t.test('a second Ctrl-C does not wait for a service that hangs', async (t) => {
  const hangs = `process.on('SIGTERM', () => console.log('not now'))
    import('node:http').then(({ createServer }) => createServer((_, response) => response.end()).listen(process.env.SENDER_PORT))`
  const project = await createStubProject(t, { sender: hangs })
  const supervisor = startSupervisor(t, project)
  await supervisor.line(/^READY/)
  supervisor.kill('SIGINT')
  await supervisor.line(/sender +\| not now/)
  await new Promise((resolve) => setTimeout(resolve, 600))
  const before = performance.now()
  supervisor.kill('SIGINT')
  t.equal(await supervisor.exited, 0)
  t.ok(performance.now() - before < 2_000)
})
