-- Takes back messages that have been reserved for too long: each becomes pending, or a dead letter if
-- this was its last attempt. Removes consumers that have reserved nothing and have not been seen for
-- an hour.
-- KEYS[1] the stream; ARGV: prefix of all keys, group, how long a reservation lasts in ms, maximum
-- number of attempts, maximum number of messages. Returns how many messages there were.
local prefix, group, lasts, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
-- Entries are reserved in their order, and only once each, so the first ones are the oldest.
local oldest = redis.pcall('XPENDING', KEYS[1], group, '-', '+', ARGV[5])
if oldest.err then return 0 end -- the group does not exist yet
local now, lost = millis(), 0
for _, delivery in ipairs(oldest) do
  if delivery[3] < lasts then break end
  lost = lost + 1
  local entry = redis.call('XRANGE', KEYS[1], delivery[1], delivery[1])[1]
  redis.call('XACK', KEYS[1], group, delivery[1])
  if entry then
    redis.call('XDEL', KEYS[1], delivery[1])
    local id, payload, attempts, first = message(entry)
    attempts = attempts + 1
    if attempts == 1 then first = now end
    if attempts >= most then
      local reason = string.format(
          'consumer %s had reserved it %d ms ago and is lost or takes too long',
          delivery[2], delivery[3])
      bury(prefix, id, payload, reason, attempts, first, now)
    else
      add(KEYS[1], id, payload, attempts, first)
      redis.call('HINCRBY', prefix .. 'stats', 'released', 1)
    end
  end
end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], group)) do
  local about = {}
  for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
  if about.pending == 0 and about.idle > 3600000 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, about.name)
  end
end
return lost
