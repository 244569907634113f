import { type FastifyReply, type FastifyRequest } from 'fastify'

const waitMaxS = 60

/**
 * How long a caller prefers to wait for Meta's answer, in seconds (RFC 7240, `Prefer: wait=10`); undefined when it does
 * not say so in a way we know, since a preference may be ignored. The answer says what was applied.
 */
export function applyWait({ headers }: FastifyRequest, reply: FastifyReply): number | undefined {
  const [, digits] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(String(headers.prefer ?? '')) ?? []
  if (digits === undefined) return undefined
  const seconds = Math.min(Number(digits), waitMaxS)
  void reply.header('preference-applied', `wait=${seconds}`)
  return seconds
}
