-- Deletes messages that are reserved.
-- KEYS[1] the stream; ARGV: prefix of all keys, group, and the ids of the deliveries. Returns for each
-- 1, or 7 if there is no such delivery.
local result, acked = {}, 0
for i = 3, #ARGV do
  if redis.call('XACK', KEYS[1], ARGV[2], ARGV[i]) == 1 then
    redis.call('XDEL', KEYS[1], ARGV[i])
    acked = acked + 1
    result[#result + 1] = 1
  else
    result[#result + 1] = 7
  end
end
if acked > 0 then redis.call('HINCRBY', ARGV[1] .. 'stats', 'acked', acked) end
return result
