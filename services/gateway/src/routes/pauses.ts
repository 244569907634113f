import { type PauseList, PauseListSchema } from '@wag/contracts'
import { type Db, listPauses, numbersIn, type Pause } from '@wag/db'
import { type App, principalOf } from '@wag/service'
import { pauseView } from '../api-number.ts'

/** `GET /v1/pauses`: everything of a tenant's that is stopped, templates too, which no number shows. */
export function addPauseList(app: App, { db }: { db: Db }): void {
  app.get(
    '/v1/pauses',
    { config: { scope: 'read' }, schema: { response: { 200: PauseListSchema } } },
    async (request) => {
      const pauses = await listPauses(db, principalOf(request).tenantId)
      return { pauses: await Promise.all(pauses.map((pause) => viewOf(db, pause))) }
    }
  )
}

async function viewOf(db: Db, pause: Pause): Promise<PauseList['pauses'][number]> {
  const { scope, key } = pause
  if (scope === 'template') return { ...pauseView(pause), phone_numbers: [], template: key }
  return { ...pauseView(pause), phone_numbers: scope === 'number' ? [key] : await numbersIn(db, pause) }
}
