import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadEnvFile } from 'node:process'
import { Failure } from './failure.ts'

/** The services, in the order in which they are started. They are stopped the other way round. */
export const serviceNames = ['ingest', 'sender', 'realtime', 'simulator', 'gateway'] as const

export type ServiceName = (typeof serviceNames)[number]

/** What the environment asks for, with the defaults of a development machine. */
export type Settings = {
  /** Everything that was set, for the services: `.env` and, before it, the environment. */
  env: Record<string, string>
  dataDir: string
  host: string
  /** The services to run, each with its port. */
  services: { name: ServiceName; port: number }[]
  /** Whether our simulator stands in for Meta. */
  simulated: boolean
}

const defaultPorts: Record<ServiceName, number> = {
  gateway: 3000,
  realtime: 3001,
  simulator: 3002,
  sender: 3003,
  ingest: 3004
}

/** Reads the environment and `.env`; throws a Failure that names a wrong port. */
export function loadSettings(): Settings {
  if (existsSync('.env')) loadEnvFile('.env')
  const env: Record<string, string> = {}
  // NAME= in a file or a shell means: not set.
  for (const [name, value] of Object.entries(process.env)) if (value) env[name] = value
  const simulated = env.WHATSAPP_ACCESS_TOKEN === undefined
  const names = serviceNames.filter((name) => simulated || name !== 'simulator')
  const services = names.map((name) => ({ name, port: port(env, portVariable(name)) ?? defaultPorts[name] }))
  return { env, dataDir: resolve(env.DATA_DIR ?? '.data'), host: env.HOST ?? '127.0.0.1', services, simulated }
}

/** The variable that sets the port of a service. */
export function portVariable(name: string): string {
  return `${name.toUpperCase()}_PORT`
}

/** A port from the environment, undefined when it is not set. */
export function port(env: Record<string, string>, variable: string): number | undefined {
  const value = env[variable]
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  throw new Failure(`${variable} is "${value}": it has to be a port number from 1 to 65535.`)
}

/** The address under which a service is reached from this machine. */
export function urlOf(settings: Settings, name: string): string {
  const host = ['0.0.0.0', '::'].includes(settings.host) ? '127.0.0.1' : settings.host
  const service = settings.services.find((candidate) => candidate.name === name)
  if (service === undefined) throw new Error(`there is no service ${name}`)
  return `http://${host}:${service.port}`
}
