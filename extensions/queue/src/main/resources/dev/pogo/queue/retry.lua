-- Makes dead letters pending, as messages that have not been attempted.
-- ARGV: the id of a message or nothing for all, and for all: maximum number, place of the last one or
-- nothing for that which is the last now. Returns how many have become pending, that place, and how
-- many have been looked at.
local ids, last = {ARGV[1]}, ARGV[3]
if ARGV[1] == '' then
  if last == '' then last = redis.call('HGET', stats, 'dead') or '0' end
  ids = redis.call('ZRANGEBYSCORE', dead, '-inf', last, 'LIMIT', 0, ARGV[2])
end
local found = 0
for _, id in ipairs(ids) do
  local letter = redis.call('HGET', letters, id)
  if redis.call('ZREM', dead, id) == 1 and letter then
    redis.call('HDEL', letters, id)
    add(id, cmsgpack.unpack(letter)[1], 0, 0)
    found = found + 1
  end
end
return {found, last, #ids}
