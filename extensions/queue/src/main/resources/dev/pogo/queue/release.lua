-- Makes a reserved message pending, now or later.
-- ARGV: group, id of the delivery, delay in ms, 1 if it has been attempted, otherwise 0. Returns 1, or
-- 7 if there is no such delivery.
local entry = redis.call('XRANGE', stream, ARGV[2], ARGV[2])[1]
if redis.call('XACK', stream, ARGV[1], ARGV[2]) == 0 or not entry then return 7 end
redis.call('XDEL', stream, ARGV[2])
local id, payload, attempts, first = message(entry)
local now = millis()
if ARGV[4] == '1' then
  if attempts == 0 then first = now end
  attempts = attempts + 1
end
if ARGV[3] == '0' then
  add(id, payload, attempts, first)
else
  delay(now + tonumber(ARGV[3]), id, payload, attempts, first)
end
redis.call('HINCRBY', stats, 'released', 1)
return 1
