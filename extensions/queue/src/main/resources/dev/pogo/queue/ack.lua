-- Deletes messages that are reserved.
-- ARGV: group, and the ids of the deliveries. Returns for each 1, or 7 if there is no such delivery.
local result, acked = {}, 0
for i = 2, #ARGV do
  if redis.call('XACK', stream, ARGV[1], ARGV[i]) == 1 then
    redis.call('XDEL', stream, ARGV[i])
    acked = acked + 1
    result[#result + 1] = 1
  else
    result[#result + 1] = 7
  end
end
if acked > 0 then redis.call('HINCRBY', stats, 'acked', acked) end
return result
