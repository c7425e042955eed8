-- Makes dead letters pending, as messages that have not been attempted.
-- KEYS[1] the stream; ARGV: prefix of all keys, the id of a message or nothing for all, and for all:
-- maximum number, place of the last one or nothing for that which is the last now. Returns how many
-- there were, and that place.
local prefix, ids, last = ARGV[1], {ARGV[2]}, ARGV[4]
if ARGV[2] == '' then
  if last == '' then last = redis.call('HGET', prefix .. 'stats', 'dead') or '0' end
  ids = redis.call('ZRANGEBYSCORE', prefix .. 'dead', '-inf', last, 'LIMIT', 0, ARGV[3])
end
local found = 0
for _, id in ipairs(ids) do
  local letter = redis.call('HGET', prefix .. 'letters', id)
  if redis.call('ZREM', prefix .. 'dead', id) == 1 and letter then
    redis.call('HDEL', prefix .. 'letters', id)
    add(KEYS[1], id, cmsgpack.unpack(letter)[1], 0, 0)
    found = found + 1
  end
end
return {found, last}
