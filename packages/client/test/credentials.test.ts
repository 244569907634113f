import { eventually, type TestContext } from '@wag/testkit'
import t from 'tap'
import { type Subscription } from '../src/index.ts'
import { createNode, createStage, follow, type Stage } from './stage.ts'

type Token = { id: string; token: string }

/** What a server of the user's does for its browsers. */
async function createToken({ key }: Stage, url: string, subscriptions: Subscription[]): Promise<Token> {
  const answer = await fetch(`${url}/v1/realtime/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subscriptions, ttl_s: 60 })
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  return (await answer.json()) as Token
}

async function endToken({ key }: Stage, url: string, { id }: Token): Promise<void> {
  await fetch(`${url}/v1/realtime/tokens/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } })
}

async function createScene(t: TestContext) {
  const stage = await createStage(t)
  return { stage, node: await createNode(t, stage) }
}

t.test('a token that ends is followed by a fresh one, with no event lost between', async (t) => {
  const { stage, node } = await createScene(t)
  const tokens: Token[] = []
  const client = follow(t, {
    url: node.url,
    token: async () => {
      const token = await createToken(stage, node.url, [{ tenant: true }])
      tokens.push(token)
      return token.token
    }
  })
  await client.ready()
  await stage.append([{}])
  await eventually(() => client.cursor === 1)
  const [first] = tokens
  if (!first) throw new Error('no token was asked for')
  await endToken(stage, node.url, first)
  // It may be back before anybody can see that it was away.
  await eventually(() => tokens.length === 2)
  await stage.append([{}])
  await eventually(() => client.cursor === 2)
  t.same(client.seqs, [1, 2])
  t.equal(tokens.length, 2)
})

t.test('a refused credential is told, tried again slowly, and healed by the token function', async (t) => {
  const { stage, node } = await createScene(t)
  let asked = 0
  const client = follow(t, { url: node.url, token: () => (++asked < 3 ? 'wrong' : stage.key), after: 0 })
  await stage.append([{}])
  await eventually(() => client.cursor === 1)
  t.same(
    client.errors.map(({ code }) => code),
    ['unauthorized', 'unauthorized']
  )
  t.equal(asked, 3)
})

t.test('a token function that fails is told and asked again', async (t) => {
  const { stage, node } = await createScene(t)
  let asked = 0
  const client = follow(t, {
    url: node.url,
    token: async () => {
      if (++asked === 1) throw new Error('my server is down')
      return stage.key
    }
  })
  await client.ready()
  t.match(client.errors, [{ code: 'token', cause: { message: 'my server is down' } }])
})

t.test('a token function that never answers ends with the time for opening', async (t) => {
  const { stage, node } = await createScene(t)
  let asked = 0
  const client = follow(t, {
    url: node.url,
    token: () => (++asked === 1 ? new Promise<string>(() => undefined) : stage.key),
    timing: { retryMs: 20, openMs: 500 }
  })
  await client.ready()
  t.same(
    client.errors.map(({ code }) => code),
    ['timeout']
  )
})

t.test('a subscription that the token does not allow is refused, and told', async (t) => {
  const { stage, node } = await createScene(t)
  const { token } = await createToken(stage, node.url, [{ tenant: true, types: ['message.failed'] }])
  const client = follow(t, { url: node.url, token })
  await eventually(() => client.errors.length > 0)
  t.equal(client.errors[0]?.code, 'forbidden')
  t.not(client.state, 'connected')
})
