-- Returns the ids of all requests that a host has claimed and not yet answered.
-- KEYS[1] the queue; ARGV: prefix of all keys, host.
local result = {}
for _, caller in ipairs(redis.call('ZRANGE', ARGV[1] .. 'callers', 0, -1)) do
  local claims = redis.call('HGETALL', ARGV[1] .. 'claims:' .. caller)
  for i = 1, #claims, 2 do
    if claims[i + 1] == ARGV[2] then result[#result + 1] = caller .. '/' .. claims[i] end
  end
end
return result
