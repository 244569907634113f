import { join } from 'node:path'
import { type Secrets } from './secrets.ts'
import { portVariable, type Settings, urlOf } from './settings.ts'

// The simulator's business; any digits would do.
const simulatedPhoneNumberId = '106540352242922'

/** The whole environment of the services: what was set, then the defaults of a development machine. */
export function serviceEnvironment(settings: Settings, secrets: Secrets): Record<string, string> {
  const { POSTGRES_PASSWORD: _postgres, REDIS_PASSWORD: _redis, ...shared } = secrets
  const ports = settings.services.map(({ name, port }) => [portVariable(name), String(port)])
  return {
    LOG_LEVEL: 'info',
    ...(settings.simulated ? simulatorEnvironment(settings) : {}),
    MEDIA_DIR: join(settings.dataDir, 'media'),
    ...settings.env,
    ...shared,
    ...Object.fromEntries(ports),
    HOST: settings.host,
    DATA_DIR: settings.dataDir
  }
}

function simulatorEnvironment(settings: Settings): Record<string, string> {
  const example = urlOf(settings, 'simulator')
  return {
    REALTIME_ORIGINS: [example, example.replace('127.0.0.1', 'localhost')].join(','),
    GRAPH_URL: urlOf(settings, 'simulator'),
    WHATSAPP_FROM_PHONE_NUMBER_ID: simulatedPhoneNumberId,
    WHATSAPP_VERSION: 'v24.0',
    SIMULATOR_WEBHOOK_URL: `${urlOf(settings, 'gateway')}/whatsapp-webhook/`
  }
}
