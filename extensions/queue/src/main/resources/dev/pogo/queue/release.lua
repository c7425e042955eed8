-- Makes a reserved message pending, now or later.
-- KEYS[1] the stream; ARGV: prefix of all keys, group, id of the delivery, delay in ms, 1 if it has
-- been attempted, otherwise 0. Returns 1, or 7 if there is no such delivery.
local prefix, delay = ARGV[1], tonumber(ARGV[4])
local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if redis.call('XACK', KEYS[1], ARGV[2], ARGV[3]) == 0 or not entry then return 7 end
redis.call('XDEL', KEYS[1], ARGV[3])
local id, payload, attempts, first = message(entry)
local now = millis()
if ARGV[5] == '1' then
  if attempts == 0 then first = now end
  attempts = attempts + 1
end
if delay > 0 then
  redis.call('ZADD', prefix .. 'delayed', string.format('%d', now + delay),
      cmsgpack.pack({id, payload, attempts, first}))
else
  add(KEYS[1], id, payload, attempts, first)
end
redis.call('HINCRBY', prefix .. 'stats', 'released', 1)
return 1
