-- Returns the numbers of messages in the stream, delayed, reserved and dead, and how many have been
-- enqueued, acknowledged and released.
-- KEYS[1] the stream; ARGV: prefix of all keys, group.
local reserved = redis.pcall('XPENDING', KEYS[1], ARGV[2])
local stats = redis.call('HMGET', ARGV[1] .. 'stats', 'enqueued', 'acked', 'released')
return {
  redis.call('XLEN', KEYS[1]),
  redis.call('ZCARD', ARGV[1] .. 'delayed'),
  reserved.err and 0 or reserved[1],
  redis.call('ZCARD', ARGV[1] .. 'dead'),
  tonumber(stats[1] or 0),
  tonumber(stats[2] or 0),
  tonumber(stats[3] or 0),
}
