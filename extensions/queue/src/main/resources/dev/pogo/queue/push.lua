-- Adds a message that has a delay or a de-duplication key.
-- KEYS[6] the de-duplication key, if there is one; ARGV: maximum number of messages, payload, delay in
-- ms, and for how many ms the key is remembered. Returns 1 and the id; 2 and the id of the message that
-- was pushed with this key before; or 0 and the numbers of messages in the stream, delayed and dead, if
-- there are too many.
local before = KEYS[6] and redis.call('GET', KEYS[6])
if before then return {2, before} end
local present, later = redis.call('XLEN', stream), redis.call('ZCARD', delayed)
local failed = redis.call('ZCARD', dead)
if present + later + failed >= tonumber(ARGV[1]) then return {0, present, later, failed} end
local now = millis()
local id = string.format('%d-%d', now, redis.call('HINCRBY', stats, 'enqueued', 1))
if KEYS[6] then redis.call('SET', KEYS[6], id, 'PX', ARGV[4]) end
if ARGV[3] == '0' then
  add(id, ARGV[2], 0, 0)
else
  delay(now + tonumber(ARGV[3]), id, ARGV[2], 0, 0)
end
return {1, id}
