-- Makes a reserved message a dead letter.
-- KEYS[1] the stream; ARGV: prefix of all keys, group, id of the delivery, reason. Returns 1, or 7 if
-- there is no such delivery.
local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if redis.call('XACK', KEYS[1], ARGV[2], ARGV[3]) == 0 or not entry then return 7 end
redis.call('XDEL', KEYS[1], ARGV[3])
local id, payload, attempts, first = message(entry)
local now = millis()
bury(ARGV[1], id, payload, ARGV[4], attempts + 1, first > 0 and first or now, now)
return 1
