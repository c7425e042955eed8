-- Takes a request back, and drops ids of requests that no longer exist from the head of the queue. If
-- a host has claimed the request, it may be told to cancel it.
-- KEYS[1] the queue; ARGV: prefix of all keys, caller, number of the request, 1 to cancel it, how
-- long the message to the host is kept in ms.
-- Returns 1 if no host had claimed it and none will, otherwise the host, or 0 if there is none.
local request = ARGV[1] .. 'request:'
if redis.call('DEL', request .. ARGV[2] .. '/' .. ARGV[3]) == 1 then
  for looked = 1, 10 do
    local id = redis.call('LINDEX', KEYS[1], 0)
    if not id or redis.call('EXISTS', request .. id) == 1 then break end
    redis.call('LPOP', KEYS[1])
  end
  return 1
end
local host = redis.call('HGET', ARGV[1] .. 'claims:' .. ARGV[2], ARGV[3])
if not host then return 0 end
if ARGV[4] == '1' then
  local cancels = ARGV[1] .. 'cancels:' .. host
  redis.call('RPUSH', cancels, ARGV[2] .. '/' .. ARGV[3])
  redis.call('PEXPIRE', cancels, ARGV[5])
end
return host
