-- The heartbeat of a caller. Drops ids of requests that no longer exist from the head of the queue.
-- KEYS[1] the queue; ARGV: prefix of all keys, caller, how long keys are kept in ms, within how many
-- ms a host must have been seen, and the numbers of requests. Returns the length of the queue, the
-- number of hosts, the number of answers to be read, and for each request: 1 if it waits for a host,
-- otherwise its host and when that was last seen, or 0 if nobody has it.
local prefix, caller, keep = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local callers, hosts = prefix .. 'callers', prefix .. 'hosts'
local claims = prefix .. 'claims:' .. caller
redis.call('ZADD', callers, now, caller)
redis.call('ZREMRANGEBYSCORE', callers, '-inf', now - keep)
redis.call('PEXPIRE', callers, keep)
redis.call('PEXPIRE', claims, keep)
redis.call('PEXPIRE', prefix .. 'answers:' .. caller, keep)
for looked = 1, 1000 do
  local id = redis.call('LINDEX', KEYS[1], 0)
  if not id or redis.call('EXISTS', prefix .. 'request:' .. id) == 1 then break end
  redis.call('LPOP', KEYS[1])
end
redis.call('PEXPIRE', KEYS[1], keep)
local result = {
  redis.call('LLEN', KEYS[1]),
  redis.call('ZCOUNT', hosts, now - ARGV[4], '+inf'),
  redis.call('LLEN', prefix .. 'answers:' .. caller),
}
for i = 5, #ARGV do
  local state = 1
  if redis.call('EXISTS', prefix .. 'request:' .. caller .. '/' .. ARGV[i]) == 0 then
    local host = redis.call('HGET', claims, ARGV[i])
    state = host and { host, redis.call('ZSCORE', hosts, host) or '' } or 0
  end
  result[#result + 1] = state
end
return result
