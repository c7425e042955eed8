-- Claims requests for a host: takes and deletes each, and notes the host in the caller's claims.
-- KEYS[1] the queue; ARGV: prefix of all keys, host, most requests, how long claims are kept in ms,
-- an id that was popped from the queue. What is no id is passed over. Returns for each request its id, the time that Redis would
-- have kept it in ms, and the request.
local prefix, host, most, keep = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local id = ARGV[5]
local found = {}
for looked = 1, 1000 do
  if not id then break end
  local caller, number = string.match(id, '^(.+)/(%d+)$')
  local request, left
  if caller and #number < 19 then
    local key = prefix .. 'request:' .. id
    left = redis.call('PTTL', key)
    request = redis.call('GETDEL', key)
  end
  if request then
    local claims = prefix .. 'claims:' .. caller
    redis.call('HSET', claims, number, host)
    redis.call('PEXPIRE', claims, keep)
    found[#found + 1] = id
    found[#found + 1] = left
    found[#found + 1] = request
    if #found >= 3 * most then break end
  end
  id = redis.call('LPOP', KEYS[1])
end
return found
