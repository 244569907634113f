import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createStubProject, pids, serviceNames, startSupervisor } from './stub-project.ts'

t.test('it tells where everything is, stops in order on Ctrl-C, and keeps its secrets', async (t) => {
  const project = await createStubProject(t)
  const first = startSupervisor(t, project)
  await first.line(/^Ctrl-C stops everything/)
  const key = await readFile(join(project.dataDir, 'api-key'), 'utf8')
  t.match(key, /^dev_[0-9A-Za-z]{40}$/)
  const text = first.lines.join('\n')
  t.match(text, `http://127.0.0.1:${project.env.GATEWAY_PORT}/send-template-message/`)
  t.match(text, `Authorization: Bearer ${key}`)
  for (const name of ['secrets.json', 'api-key']) t.equal((await stat(join(project.dataDir, name))).mode & 0o77, 0)

  first.kill('SIGINT')
  // npm and the terminal both pass on one Ctrl-C.
  first.kill('SIGINT')
  t.equal(await first.exited, 0)
  const stopped = first.lines.map((line) => /(\w+) is stopped/.exec(line)?.[1]).filter((name) => name !== undefined)
  t.strictSame(stopped, [...serviceNames, 'redis', 'postgres'])

  const second = startSupervisor(t, project)
  t.match(await second.line(/API key/), key)
})

t.test('the services get the stores, the secrets and the simulator’s address; what is set wins', async (t) => {
  const project = await createStubProject(t)
  const supervisor = startSupervisor(t, project, { ENCRYPTION_KEY: 'a'.repeat(64), LOG_LEVEL: 'warn' })
  await supervisor.line(/^READY/)
  const answer = await fetch(`http://127.0.0.1:${project.env.GATEWAY_PORT}/`)
  t.match(await answer.json(), {
    DATABASE_URL: /^postgres:\/\/postgres:\w+@127\.0\.0\.1:\d+\/wag$/,
    REDIS_URL: /^redis:\/\/(:\w+@)?127\.0\.0\.1:\d+$/,
    GRAPH_URL: `http://127.0.0.1:${project.env.SIMULATOR_PORT}`,
    SIMULATOR_WEBHOOK_URL: `http://127.0.0.1:${project.env.GATEWAY_PORT}/whatsapp-webhook/`,
    WHATSAPP_VERSION: 'v24.0',
    WHATSAPP_APP_SECRET: /^[0-9a-f]{32}$/,
    ENCRYPTION_KEY: 'a'.repeat(64),
    LOG_LEVEL: 'warn',
    DATA_DIR: project.dataDir
  })
})

t.test('with a token of Meta’s there is no simulator', async (t) => {
  const project = await createStubProject(t)
  const supervisor = startSupervisor(t, project, { WHATSAPP_ACCESS_TOKEN: 'EAAreal' })
  await supervisor.line(/^Ctrl-C stops everything/)
  t.strictSame(pids(supervisor.lines, 'simulator'), [])
  t.match(supervisor.lines.join('\n'), /NOTE: WHATSAPP_APP_SECRET is not set/)
})
