-- Claims requests for a host: takes and deletes each, and notes the host in the caller's claims.
-- The first one is that whose id the host has moved to its own list, if there is one. A host that is
-- stopped, or has not been seen lately, gets none, and what is in its list goes back to the queue.
-- KEYS[1] the queue; ARGV: prefix of all keys, host, most requests, how long claims are kept in ms,
-- within how many ms the host must have been seen. Returns for each request its id, the time that
-- Redis would have kept it in ms, and the request; or 0 if the host may not claim.
local prefix, host, most, keep = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local moved = prefix .. 'moved:' .. host
local time = redis.call('TIME')
local seen = redis.call('ZSCORE', prefix .. 'hosts', host)
if not seen or time[1] * 1000 + time[2] / 1000 - seen > tonumber(ARGV[5])
    or redis.call('EXISTS', prefix .. 'stopped:' .. host) == 1 then
  while redis.call('LMOVE', moved, KEYS[1], 'RIGHT', 'LEFT') do end
  redis.call('PEXPIRE', KEYS[1], keep)
  return 0
end
local found, callers = {}, {}
local from = moved
for looked = 1, 1000 do
  local id = redis.call('LPOP', from)
  if not id and from == moved then
    from = KEYS[1]
    id = redis.call('LPOP', from)
  end
  if not id then break end
  local caller, number = string.match(id, '^([%w_.-]+)/(%d+)$')
  local request, left
  if caller and #caller <= 200 and #number < 19 then
    local key = prefix .. 'request:' .. id
    left = redis.call('PTTL', key)
    request = redis.call('GETDEL', key)
  end
  if request then
    redis.call('HSET', prefix .. 'claims:' .. caller, number, host)
    callers[caller] = true
    found[#found + 1] = id
    found[#found + 1] = left
    found[#found + 1] = request
    if #found >= 3 * most then break end
  end
end
for caller in pairs(callers) do redis.call('PEXPIRE', prefix .. 'claims:' .. caller, keep) end
redis.call('PEXPIRE', moved, keep)
redis.call('PEXPIRE', KEYS[1], keep)
return found
