-- Returns the numbers of messages in the stream, delayed, reserved and dead, and how many have been
-- enqueued, acknowledged and released.
-- ARGV: group.
local reserved = redis.pcall('XPENDING', stream, ARGV[1])
local counted = redis.call('HMGET', stats, 'enqueued', 'acked', 'released')
return {
  redis.call('XLEN', stream),
  redis.call('ZCARD', delayed),
  reserved.err and 0 or reserved[1],
  redis.call('ZCARD', dead),
  tonumber(counted[1] or 0),
  tonumber(counted[2] or 0),
  tonumber(counted[3] or 0),
}
