-- Removes a consumer that has reserved nothing.
-- ARGV: group, consumer. Returns 1 if it was removed.
local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[1])
if consumers.err then return 0 end
for _, consumer in ipairs(consumers) do
  local about = {}
  for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
  if about.name == ARGV[2] and about.pending == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], ARGV[2])
    return 1
  end
end
return 0
