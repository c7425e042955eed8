-- Makes delayed messages pending whose time has come.
-- ARGV: maximum number. Returns how many there were.
local now = string.format('%d', millis())
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, ARGV[1])
for _, packed in ipairs(due) do
  redis.call('ZREM', delayed, packed) -- first, as a server without memory refuses to add first
  add(unpack(cmsgpack.unpack(packed)))
end
return #due
