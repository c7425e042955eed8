-- Makes a reserved message a dead letter.
-- ARGV: group, id of the delivery, reason. Returns 1, or 7 if there is no such delivery.
local entry = redis.call('XRANGE', stream, ARGV[2], ARGV[2])[1]
if redis.call('XACK', stream, ARGV[1], ARGV[2]) == 0 or not entry then return 7 end
redis.call('XDEL', stream, ARGV[2])
local id, payload, attempts, first = message(entry)
local now = millis()
bury(id, payload, ARGV[3], attempts + 1, first > 0 and first or now, now)
return 1
