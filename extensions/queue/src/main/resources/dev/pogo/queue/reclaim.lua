-- Takes back messages that have been reserved for too long: each becomes pending, or a dead letter if
-- this was its last attempt.
-- ARGV: group, how long a reservation lasts in ms, maximum number of attempts, maximum number of
-- messages. Returns how many messages there were, and how many of them are dead letters now.
local group, lasts, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
-- Entries are reserved in their order, and only once each, so the first ones are the oldest. Those that
-- are not may have been reserved before the server's clock was set back.
local oldest = redis.pcall('XPENDING', stream, group, '-', '+', ARGV[4])
if oldest.err then return {0, 0} end -- the group does not exist yet
local now, lost, buried = millis(), 0, 0
for _, delivery in ipairs(oldest) do
  if delivery[3] >= lasts then
    lost = lost + 1
    local entry = redis.call('XRANGE', stream, delivery[1], delivery[1])[1]
    redis.call('XACK', stream, group, delivery[1])
    if entry then
      redis.call('XDEL', stream, delivery[1])
      local id, payload, attempts, first = message(entry)
      if attempts == 0 then first = now end
      if attempts + 1 >= most then
        buried = buried + 1
        local reason = string.format(
            'consumer %s had reserved it %d ms ago and is lost or takes too long',
            delivery[2], delivery[3])
        bury(id, payload, reason, attempts + 1, first, now)
      else
        add(id, payload, attempts + 1, first)
        redis.call('HINCRBY', stats, 'released', 1)
      end
    end
  end
end
return {lost, buried}
