import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { accept, factsOf } from '../accept.ts'
import { type Fault } from '../faults.ts'
import { GraphError, unknownObject } from '../graph-error.ts'
import { type BusinessNumber } from '../numbers.ts'
import { type Simulator } from '../simulator.ts'
import { checkRequest, type SendRequest } from '../validate/request.ts'
import { versioned } from './versioned.ts'

type Params = { Params: { id: string } }

export async function messageRoutes(app: FastifyInstance, { simulator }: { simulator: Simulator }): Promise<void> {
  app.post<Params>(versioned('/:id/messages'), async (request, reply) => {
    const { numbers, media, answers, settings, stats } = simulator
    const number = numbers.get(request.params.id)
    if (number === undefined) throw unknownObject('POST', request.params.id)
    const checked = checkRequest(request.body, number.display_phone_number, { hasMedia: media.has })
    if (checked.kind === 'send') return answerSend(simulator, number, checked, request, reply)
    stats.counts.read_marks++
    if (settings.latency_ms > 0) await answers.sleep(settings.latency_ms)
    return { success: true }
  })
}

async function answerSend(
  simulator: Simulator,
  number: BusinessNumber,
  checked: SendRequest,
  request: FastifyRequest,
  reply: FastifyReply
) {
  const { faults, limits, settings } = simulator
  const facts = factsOf(number, checked)
  const fault = faults.take('answer', facts)[0]?.fault
  const delayMs = delayOf(simulator, facts)
  const wait = () => (delayMs > 0 ? simulator.answers.sleep(delayMs) : undefined)
  if (fault !== undefined && !isAccepting(fault)) {
    await wait()
    return refuse(simulator, fault, request, reply)
  }
  limits.send(number.id, checked.recipient.id, { rate: settings.number_rate, pair: settings.pair_limit })
  // NOTE: taken on before the wait, so that a client that gives up during it has lost an answer, not a message.
  const answer = accept(simulator, number, checked, delayMs)
  await wait()
  if (fault === undefined) return answer
  if (fault.kind === 'hang') await simulator.answers.sleep(fault.ms)
  return cut(simulator, request, reply)
}

function delayOf({ faults, settings }: Simulator, facts: Parameters<Simulator['faults']['take']>[1]): number {
  let delayMs = settings.latency_ms
  for (const { fault } of faults.take('delay', facts)) if (fault.kind === 'latency') delayMs += fault.ms
  return delayMs
}

function isAccepting(fault: Fault): boolean {
  return fault.kind === 'accept_then_drop' || (fault.kind === 'hang' && fault.accept)
}

async function refuse(simulator: Simulator, fault: Fault, request: FastifyRequest, reply: FastifyReply) {
  if (fault.kind === 'error') {
    const { code, message, details, subcode, http_status: status } = fault
    throw new GraphError(code, {
      ...(message !== undefined && { message: `(#${code}) ${message}` }),
      ...(details !== undefined && { details }),
      ...(subcode !== undefined && { subcode }),
      ...(status !== undefined && { status })
    })
  }
  if (fault.kind === 'http') {
    const { status, body = '', content_type: type = 'text/html', location } = fault
    if (location !== undefined) reply.header('location', location)
    return reply.code(status).type(type).send(body)
  }
  if (fault.kind === 'hang') await simulator.answers.sleep(fault.ms)
  return cut(simulator, request, reply)
}

/** Ends the connection without a word. */
function cut({ stats }: Simulator, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  stats.counts.cut++
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}
