// Brings the database to the newest schema and makes what the environment speaks of: the default tenant, its bootstrap
// API key and its phone number with the Meta token. Runs before the services; running it again changes nothing.
import { defaultTenantId } from '@wag/contracts'
import { connect, ensureTenant, hashTokens, migrate, saveBootstrapKey, saveDefaultNumber } from '@wag/db'
import { ConfigError, errorOf, loadConfig, pickSettings } from '@wag/service/environment'

const ConfigSchema = pickSettings(
  'DATABASE_URL',
  'API_KEY',
  'ENCRYPTION_KEY',
  'WHATSAPP_ACCESS_TOKEN',
  'WHATSAPP_FROM_PHONE_NUMBER_ID'
)

try {
  const config = loadConfig(ConfigSchema)
  const applied = await migrate({ url: config.DATABASE_URL })
  const db = connect({ url: config.DATABASE_URL, poolMax: 1, applicationName: 'migrate' })
  try {
    await ensureTenant(db, { id: defaultTenantId, name: 'default' })
    await saveBootstrapKey(db, defaultTenantId, config.API_KEY)
    const number = { tenantId: defaultTenantId, id: config.WHATSAPP_FROM_PHONE_NUMBER_ID }
    await saveDefaultNumber(db, number, config.WHATSAPP_ACCESS_TOKEN, config.ENCRYPTION_KEY)
    await hashTokens(db, config.ENCRYPTION_KEY)
  } finally {
    await db.destroy()
  }
  process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'nothing to apply\n')
} catch (error) {
  const text = error instanceof ConfigError ? error.message : JSON.stringify(errorOf(error))
  process.stderr.write(`migrate: ${text}\n`)
  process.exitCode = 1
}
