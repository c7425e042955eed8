-- Adds a message and counts it, if there are not too many.
-- KEYS[1] the stream; ARGV: key of the counters, maximum number of messages, payload.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[2]) then return false end
local number = redis.call('HINCRBY', ARGV[1], 'enqueued', 1)
redis.call('XADD', KEYS[1], '*', 'i', number, 'p', ARGV[3])
return number
