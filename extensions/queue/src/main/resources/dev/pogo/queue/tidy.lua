-- Removes consumers that have reserved nothing and have not been seen for an hour.
-- ARGV: group. Returns how many there were.
local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[1])
if consumers.err then return 0 end -- the group does not exist yet
local removed = 0
for _, consumer in ipairs(consumers) do
  local about = {}
  for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
  if about.pending == 0 and about.idle > 3600000 then
    redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], about.name)
    removed = removed + 1
  end
end
return removed
