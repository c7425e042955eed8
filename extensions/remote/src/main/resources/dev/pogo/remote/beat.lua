-- The heartbeat of a host.
-- KEYS[1] the queue; ARGV: prefix of all keys, host, how long it is kept in ms, and the callers that
-- the host works for. Returns for each caller when it was last seen, or 0 if it is not known.
local prefix, host, keep = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hosts = prefix .. 'hosts'
redis.call('ZADD', hosts, now, host)
redis.call('ZREMRANGEBYSCORE', hosts, '-inf', now - keep)
redis.call('PEXPIRE', hosts, keep)
redis.call('PEXPIRE', prefix .. 'moved:' .. host, keep)
local result = {}
for i = 4, #ARGV do
  result[#result + 1] = redis.call('ZSCORE', prefix .. 'callers', ARGV[i]) or 0
end
return result
