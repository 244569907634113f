import { createId, GatewayError } from '@wag/contracts'
import { type Db, findAnswers, type IdempotencyKey, keyOf, type SendRequest } from '@wag/db'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Acceptor } from './accept.ts'

/** A request's own messages were accepted, or an earlier request with its key is what counts. */
export type Committed<Answer> = { kind: 'accepted'; at: Date } | { kind: 'replayed'; answer: Answer }

export type CommitContext = { db: Db; acceptor: Acceptor }

/** The size of a body that does not say it: one of the larger ones. */
const bytesUnknown = 65_536

/**
 * Commits what a request wants to send. `Answer` is what is kept under its key, and what a repeated request is answered
 * from. Throws `idempotency_mismatch` where the key stands for another body, `ledger_unavailable` where what it stands for
 * cannot be read now.
 */
export async function commitRequest<Answer>(
  { acceptor }: CommitContext,
  request: FastifyRequest,
  wanted: Omit<SendRequest, 'id' | 'answer'> & { answer: Answer }
): Promise<Committed<Answer>> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  const bytes = encoding === undefined ? Number(length ?? 0) : bytesUnknown
  // Only a request with a key is ever looked for by its id.
  const id = wanted.idempotency ? createId() : ''
  const acceptance = await acceptor.accept({ ...wanted, id }, bytes)
  if (acceptance.kind === 'mismatch') throw mismatch()
  if (acceptance.kind === 'unread') throw unread(acceptance.cause)
  return acceptance.kind === 'replayed' ? { kind: 'replayed', answer: acceptance.answer as Answer } : acceptance
}

/**
 * What a request was answered before, when it is refused now: a `send_at` that was ahead has passed, a number is gone.
 * Throws the refusal where the key is new.
 */
export async function replayRefused<Answer>(
  { db }: CommitContext,
  tenantId: string,
  idempotency: IdempotencyKey | undefined,
  refusal: unknown
): Promise<Answer> {
  if (!idempotency || !(refusal instanceof GatewayError)) throw refusal
  const answers = await findAnswers(db, [{ tenantId, idempotency }])
  const first = answers.get(keyOf({ tenantId, idempotency }))
  if (!first) throw refusal
  if (!first.fingerprint.equals(idempotency.fingerprint)) throw mismatch()
  return first.answer as Answer
}

function mismatch(): GatewayError {
  return new GatewayError('idempotency_mismatch', 'This Idempotency-Key was used for another request: use a new one')
}

function unread(cause: unknown): GatewayError {
  const detail = 'This Idempotency-Key was used before, and its answer could not be read: repeat the request with it'
  return new GatewayError('ledger_unavailable', detail, cause === undefined ? {} : { cause })
}

/** Says that an answer is the one of an earlier request. */
export function markReplayed(reply: FastifyReply): void {
  void reply.header('idempotent-replayed', 'true')
}
