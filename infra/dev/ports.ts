import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { freePort } from '@wag/testkit'
import { Failure } from './failure.ts'
import { port as portFrom, portVariable, type Settings } from './settings.ts'

/** Throws a Failure that names the first port which is taken, and the variable that changes it. */
export async function checkServicePorts({ services, host }: Settings): Promise<void> {
  for (const [index, { name, port }] of services.entries()) {
    const other = services.slice(0, index).find((earlier) => earlier.port === port)
    if (other)
      throw new Failure(`The ${name} and the ${other.name} have the same port ${port}: set ${portVariable(name)}.`)
  }
  for (const { name, port } of services) await checkPort(`the ${name}`, port, host, portVariable(name))
}

async function checkPort(what: string, port: number, host: string, variable: string): Promise<void> {
  const code = await tryPort(port, host)
  if (code === undefined) return
  if (code === 'EADDRINUSE') {
    throw new Failure(
      `Port ${port} of ${what} is taken: stop what listens there, or set ${variable}, as in: ${variable}=${port + 100} npm start`
    )
  }
  throw new Failure(`Port ${port} of ${what} cannot be opened on ${host} (${code}): set ${variable} or HOST.`)
}

async function tryPort(port: number, host: string): Promise<string | undefined> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
  server.close()
  await once(server, 'close')
  return undefined
}

/**
 * The port of an embedded store: the one the environment asks for, else the one it had last time (so that an open
 * database tool reconnects), else any free one.
 */
export async function storePort(settings: Settings, name: 'postgres' | 'redis'): Promise<number> {
  const variable = portVariable(name)
  const wanted = portFrom(settings.env, variable)
  if (wanted !== undefined) {
    await checkPort(name, wanted, '127.0.0.1', variable)
    return wanted
  }
  const path = join(settings.dataDir, `${name}.port`)
  const last = Number(await readFile(path, 'utf8').catch(() => ''))
  if (last > 0 && (await tryPort(last, '127.0.0.1')) === undefined) return last
  const port = await freePort()
  await writeFile(path, String(port))
  return port
}
