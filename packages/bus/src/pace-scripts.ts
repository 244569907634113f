import { createHash } from 'node:crypto'
import { type Redis } from 'ioredis'
import { withRedis } from './redis.ts'

/** A Lua script, run as one step of Redis. Times are microseconds of Redis' own clock: those of the callers differ. */
export type Script = { text: string; sha: string }

function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** Runs a script by its hash, and sends its text where Redis has lost it. Throws `redis_unavailable`. */
export async function run(redis: Redis, { text, sha }: Script, keys: string[], args: (string | number)[]) {
  return withRedis(redis, async () => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return redis.eval(text, keys.length, ...keys, ...args)
    }
  })
}

// Numbers of 16 digits: tostring() would round them.
const common = `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function text(number) return string.format('%.3f', number) end
local function slowed(factor, since, recovery)
  if not factor then return 1 end
  return math.min(1, factor + (1 - factor) * math.max(0, now - since) / recovery)
end
`

/**
 * Hands out the next moments at which a number may send, after looking at the pace of each recipient.
 *
 * Slots follow each other by `interval`. Time that was wanted and not used, up to `back`, is made up for by a shorter one,
 * as long as no `window` holds more than `most` slots: the sorted set remembers that many.
 *
 * KEYS: the number's pace, its slots, then one key per message that is to be checked.
 * ARGV: as read below; from the 15th on one word per message, then the slots that were not used, as they were handed out.
 * Hash of a number: t the moment of the next slot; h held until; f, s the share of the rate, and since when; i interval.
 * Hash of a pair: p when all that was sent is paid for, at one interval each; b until when, and n how many of, a burst may
 * be sent on credit; h refused by Meta until. Only when all is paid for a burst may begin.
 * Answers: now, held for, time until the next slot may be asked for, how many slots, slots, wait per message.
 */
export const takeScript = script(`${common}
local interval, hurried, most, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local back, lead, ahead, own = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local recovery, wanted, unused = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local pairInterval, pairBurst, pairMargin = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
if unused > 0 then
  local first = 13 + #KEYS
  redis.call('ZREM', KEYS[2], unpack(ARGV, first, first + unused - 1))
end
local pace = redis.call('HMGET', KEYS[1], 't', 'h', 'f', 's')
local heldUntil = tonumber(pace[2] or '0')
if heldUntil > now then return { text(now), text(heldUntil - now), '0', 0 } end

local waits = {}
for i = 3, #KEYS do
  local mode, wait = ARGV[12 + i], 0
  local pair = redis.call('HMGET', KEYS[i], 'p', 'h', 'b', 'n')
  local paidAt, refusedUntil = tonumber(pair[1] or '0'), tonumber(pair[2] or '0')
  local burstUntil, sent = tonumber(pair[3] or '0'), tonumber(pair[4] or '0')
  if mode == 'place' or refusedUntil > now then
    local free = math.max(paidAt, refusedUntil)
    if free <= now then
      burstUntil, sent, paidAt = now + pairInterval - 2 * pairMargin, 1, now + pairInterval + pairMargin
    elseif now < burstUntil and sent < pairBurst and refusedUntil <= now then
      sent, paidAt = sent + 1, paidAt + pairInterval
    else
      wait, burstUntil, paidAt = free - now, 0, free + pairInterval + pairMargin
    end
    redis.call('HSET', KEYS[i], 'p', text(paidAt), 'b', text(burstUntil), 'n', sent)
    redis.call('PEXPIREAT', KEYS[i], math.ceil(math.max(paidAt, refusedUntil) / 1000) + 1000)
  end
  if wait == 0 then wanted = wanted + 1 end
  waits[#waits + 1] = text(wait)
end

local share = slowed(tonumber(pace[3]), tonumber(pace[4] or '0'), recovery)
interval, hurried = interval / share, hurried / share
local next = tonumber(pace[1] or '0')
-- Redis has come back empty, or gives way: nothing is made up for.
if not pace[1] or share < 1 then back = -lead end
-- So far ahead nobody may have reserved: the clock was set back.
if next > now + ahead + 2 * interval + 2000000 then next = now end
next = next - unused * interval
next = math.max(next, now - back)

local slots = {}
-- The caller's own last slot, of which a Redis that comes back empty knows nothing.
local function slot(back) return tonumber((redis.call('ZREVRANGE', KEYS[2], back, back, 'WITHSCORES')[2]) or '0') end
local last = math.max(own, slot(0))
if last > now + ahead + 2 * interval + 2000000 then last = now end
local at
for i = 1, wanted + 1 do
  local first = slot(most - i)
  if first > last then first = 0 end
  at = math.max(next, now + lead, last + hurried, first + window)
  if i > wanted or at > now + ahead then break end
  slots[i] = text(at)
  last = at
  next = next + interval
end
if #slots > 0 then
  for i = 1, #slots do redis.call('ZADD', KEYS[2], slots[i], slots[i]) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -most - 1)
  redis.call('PEXPIRE', KEYS[2], 10000)
  redis.call('HSET', KEYS[1], 't', text(next), 'i', text(interval))
  redis.call('PEXPIRE', KEYS[1], 60000)
end
local answer = { text(now), '0', text(math.max(0, at - now - ahead)), #slots }
for i = 1, #slots do answer[#answer + 1] = slots[i] end
for i = 1, #waits do answer[#answer + 1] = waits[i] end
return answer
`)

/** Lets a number's rate give way: its share becomes smaller, at most once a second, and it is held for a while. */
export const slowScript = script(`${common}
local factor, hold, recovery = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local least, once = tonumber(ARGV[4]), tonumber(ARGV[5])
local pace = redis.call('HMGET', KEYS[1], 'h', 'f', 's')
local since = tonumber(pace[3] or '0')
if now - since >= once then
  local share = slowed(tonumber(pace[2]), since, recovery)
  redis.call('HSET', KEYS[1], 'f', text(math.max(least, share * factor)), 's', text(now))
end
redis.call('HSET', KEYS[1], 'h', text(math.max(tonumber(pace[1] or '0'), now + hold)))
redis.call('PEXPIRE', KEYS[1], math.ceil((hold + recovery) / 1000) + 60000)
`)

/** How far a number gives way: held for, and the share of its rate. */
export const lookScript = script(`${common}
local pace = redis.call('HMGET', KEYS[1], 'h', 'f', 's')
local held = math.max(0, tonumber(pace[1] or '0') - now)
return { text(held), text(slowed(tonumber(pace[2]), tonumber(pace[3] or '0'), tonumber(ARGV[1]))) }
`)

/** Holds a number for a while. */
export const holdScript = script(`${common}
local hold = tonumber(ARGV[1])
local before = tonumber(redis.call('HGET', KEYS[1], 'h') or '0')
redis.call('HSET', KEYS[1], 'h', text(math.max(before, now + hold)))
redis.call('PEXPIRE', KEYS[1], math.ceil(hold / 1000) + 60000)
`)

/** Takes slots away for messages that came in: Meta counts both directions together. */
export const debitScript = script(`${common}
local many, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local pace = redis.call('HMGET', KEYS[1], 't', 'i')
if not pace[2] then return end
local start = math.max(now, tonumber(pace[1] or '0'))
redis.call('HSET', KEYS[1], 't', text(math.min(start + many * tonumber(pace[2]), math.max(start, now + most))))
for i = 1, math.min(many, 1000) do redis.call('ZADD', KEYS[2], text(now), text(now) .. '/' .. i) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 2000000)
redis.call('PEXPIRE', KEYS[2], 10000)
`)

/** Meta refused a pair: nothing goes to it for a while, and what waits then goes one by one. */
export const refuseScript = script(`${common}
local wait = tonumber(ARGV[1])
local pair = redis.call('HMGET', KEYS[1], 'p', 'h')
local refusedUntil = math.max(tonumber(pair[2] or '0'), now + wait)
local paidAt = math.max(tonumber(pair[1] or '0'), refusedUntil)
redis.call('HSET', KEYS[1], 'p', text(paidAt), 'b', 0, 'h', text(refusedUntil))
redis.call('PEXPIREAT', KEYS[1], math.ceil(paidAt / 1000) + 1000)
`)
