import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { fileFailure } from '../dev/failure.ts'
import { createStubProject, type StubProject, startSupervisor } from './stub-project.ts'

type TapTest = Parameters<typeof startSupervisor>[0]

/** Starts, expects it to give up, and gives its last line: one sentence, no stack. */
async function refusal(t: TapTest, project: StubProject, changed: Record<string, string> = {}): Promise<string> {
  const supervisor = startSupervisor(t, project, changed)
  t.equal(await supervisor.exited, 1)
  const text = supervisor.lines.join('\n')
  t.notMatch(text, /^\s+at /m, 'no stack')
  return text
}

t.test('a taken port is named together with the variable that changes it', async (t) => {
  const project = await createStubProject(t)
  const server = createServer().listen(Number(project.env.REALTIME_PORT), '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  t.match(await refusal(t, project), `Port ${project.env.REALTIME_PORT} of the realtime is taken`)
  t.match(await refusal(t, project), 'REALTIME_PORT=')
  t.match(await refusal(t, project, { SENDER_PORT: 'abc' }), 'SENDER_PORT is "abc": it has to be a port number')
  const taken = { POSTGRES_PORT: String(project.env.REALTIME_PORT), REALTIME_PORT: String(project.env.SENDER_PORT) }
  t.match(await refusal(t, project, { ...taken, SENDER_PORT: '0' }), 'SENDER_PORT is "0"')
})

t.test('a broken data folder is told in one sentence, and left as it is', async (t) => {
  const project = await createStubProject(t)
  await mkdir(join(project.dataDir, 'postgres'), { recursive: true })
  t.match(await refusal(t, project), /secrets\.json is missing, and with it the password of the database/)
  await writeFile(join(project.dataDir, 'secrets.json'), '{"API_KEY": ')
  t.match(await refusal(t, project), /secrets\.json is broken: it is not a JSON object of texts/)
  await writeFile(join(project.dataDir, 'secrets.json'), '{}')
  await writeFile(join(project.dataDir, 'postgres/PG_VERSION'), 'x\u0000y')
  t.match(await refusal(t, project), /postgres was made by no version that can be read, .* PostgreSQL 18\. Put it back/)
  await writeFile(join(project.dataDir, 'postgres/PG_VERSION'), '15\n')
  t.match(await refusal(t, project), /postgres was made by PostgreSQL 15, and this one is PostgreSQL 18/)
})

t.test('a data folder that cannot be one is refused', async (t) => {
  const project = await createStubProject(t)
  await writeFile(project.dataDir, '')
  t.match(await refusal(t, project), /\.data cannot be used: a file is in the way/)
})

t.test('what the system says about a disk is translated', async (t) => {
  const sentence = (code: string) => fileFailure('/data', Object.assign(new Error(`${code}: x`), { code })).message
  t.match(sentence('ENOSPC'), '/data cannot be used: the disk is full; free some space, or set DATA_DIR')
  t.match(sentence('EROFS'), 'the disk is read-only')
  t.match(sentence('EACCES'), 'this user may not write there')
  t.equal(sentence('EIO'), '/data cannot be used: EIO: x.')
})

t.test('two supervisors never share a data folder', async (t) => {
  const project = await createStubProject(t)
  const first = startSupervisor(t, project)
  await first.line(/^READY/)
  t.match(await refusal(t, project), /Another npm start is running on .*\.data: stop it/)
})

t.test('a failed migration ends the start, and the stores with it', async (t) => {
  const project = await createStubProject(t, { migrate: "console.error('no such column'); process.exitCode = 1" })
  const text = await refusal(t, project)
  t.match(text, /migrate +\| no such column/)
  t.match(text, /could not be migrated \(exit code 1\): the lines above say why/)
  t.match(text, /postgres is stopped/)
})

t.test('a service that cannot start is not tried for ever', async (t) => {
  const project = await createStubProject(t, { sender: "console.log('bad config'); process.exitCode = 1" })
  t.match(await refusal(t, project), /The sender cannot start: its lines above say why/)
})
