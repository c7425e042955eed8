-- Adds a message.
-- KEYS[1] the stream; ARGV: prefix of all keys, maximum number of messages, payload, delay in ms, and
-- if it has a de-duplication key: the key, and for how many ms it is remembered. Returns 1 and the id;
-- 2 and the id of the message that was pushed with this key before; or 0 and the numbers of messages
-- in the stream, delayed and dead, if there are too many.
local prefix, delay = ARGV[1], tonumber(ARGV[4])
local remembered = ARGV[5] and prefix .. 'key:' .. ARGV[5]
local before = remembered and redis.call('GET', remembered)
if before then return {2, before} end
local present = redis.call('XLEN', KEYS[1])
local delayed = redis.call('ZCARD', prefix .. 'delayed')
local dead = redis.call('ZCARD', prefix .. 'dead')
if present + delayed + dead >= tonumber(ARGV[2]) then return {0, present, delayed, dead} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id = string.format('%d-%d', now, redis.call('HINCRBY', prefix .. 'stats', 'enqueued', 1))
if remembered then redis.call('SET', remembered, id, 'PX', ARGV[6]) end
if delay > 0 then
  local message = cmsgpack.pack({id, ARGV[3], 0, 0})
  redis.call('ZADD', prefix .. 'delayed', string.format('%d', now + delay), message)
else
  redis.call('XADD', KEYS[1], '*', 'i', id, 'p', ARGV[3])
end
return {1, id}
