-- Deletes a message that was handled, and counts it.
-- KEYS[1] the stream; ARGV: key of the counters, group, id of the entry.
if redis.call('XACK', KEYS[1], ARGV[2], ARGV[3]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[3])
redis.call('HINCRBY', ARGV[1], 'acked', 1)
return 1
