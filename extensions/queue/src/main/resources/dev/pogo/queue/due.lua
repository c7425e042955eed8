-- Makes delayed messages pending whose time has come.
-- KEYS[1] the stream; ARGV: prefix of all keys, maximum number. Returns how many there were.
local delayed = ARGV[1] .. 'delayed'
local now = string.format('%d', millis())
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, ARGV[2])
for _, packed in ipairs(due) do
  local id, payload, attempts, first = unpack(cmsgpack.unpack(packed))
  add(KEYS[1], id, payload, attempts, first)
  redis.call('ZREM', delayed, packed)
end
return #due
