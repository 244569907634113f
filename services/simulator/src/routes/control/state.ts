import { Type } from 'typebox'
import { NumberSchema } from '../../numbers.ts'
import { SettingsChangeSchema } from '../../settings.ts'
import { type ControlRoutes } from './plugin.ts'

const ResetSchema = Type.Object({ seed: Type.Optional(Type.Integer({ minimum: 1 })) }, { additionalProperties: false })
const FlushSchema = Type.Object(
  { timeout_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })) },
  { additionalProperties: false }
)

export const stateRoutes: ControlRoutes = async (app, { simulator }) => {
  const { settings, numbers, stats, limits, detour, media } = simulator

  app.get('/settings', async () => settings)

  app.post('/settings', { schema: { body: SettingsChangeSchema } }, async (request) => {
    return Object.assign(settings, request.body)
  })

  app.get('/stats', async () => ({
    seed: simulator.ids.seed(),
    ...stats.counts,
    refused: Object.fromEntries(stats.refused),
    largest_second: limits.largestSeconds(),
    updates_pending: simulator.pending(),
    updates_held: detour.held(),
    media: media.count()
  }))

  app.get('/phone-numbers', async () => ({ phone_numbers: numbers.list() }))

  app.post('/phone-numbers', { schema: { body: NumberSchema } }, async (request, reply) => {
    return reply.code(201).send(numbers.add(request.body))
  })

  app.post('/reset', { schema: { body: Type.Optional(ResetSchema) } }, async (request) => {
    simulator.reset(request.body?.seed)
    return { seed: simulator.ids.seed() }
  })

  app.post('/flush', { schema: { body: Type.Optional(FlushSchema) } }, async (request) => {
    const flushed = await simulator.flush(request.body?.timeout_ms ?? 10_000)
    return { flushed, pending: simulator.pending() }
  })
}
