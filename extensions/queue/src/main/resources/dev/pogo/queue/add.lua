-- Adds messages that have neither delay nor de-duplication key.
-- ARGV: maximum number of messages, and the payloads. Returns for each 1 and the id; or 0 and the
-- numbers of messages in the stream, delayed and dead, if there are too many.
local present, later = redis.call('XLEN', stream), redis.call('ZCARD', delayed)
local failed = redis.call('ZCARD', dead)
local room = tonumber(ARGV[1]) - present - later - failed
local accepted = math.max(0, math.min(#ARGV - 1, room))
local result = {}
if accepted > 0 then
  local before = string.format('%d-', millis())
  local counted = redis.call('HINCRBY', stats, 'enqueued', accepted) - accepted
  for i = 1, accepted do
    local id = before .. string.format('%d', counted + i)
    redis.call('XADD', stream, '*', 'i', id, 'p', ARGV[i + 1])
    result[i] = {1, id}
  end
end
for i = accepted + 1, #ARGV - 1 do result[i] = {0, present + accepted, later, failed} end
return result
