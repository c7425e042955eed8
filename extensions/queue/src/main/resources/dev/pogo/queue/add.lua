-- Adds messages that have neither delay nor de-duplication key.
-- KEYS[1] the stream; ARGV: prefix of all keys, maximum number of messages, and the payloads. Returns
-- for each 1 and the id; or 0 and the numbers of messages in the stream, delayed and dead, if there
-- are too many.
local prefix, result = ARGV[1], {}
local present = redis.call('XLEN', KEYS[1])
local delayed = redis.call('ZCARD', prefix .. 'delayed')
local dead = redis.call('ZCARD', prefix .. 'dead')
local room = tonumber(ARGV[2]) - present - delayed - dead
local accepted = math.max(0, math.min(#ARGV - 2, room))
if accepted > 0 then
  local time = redis.call('TIME')
  local before = string.format('%d-', time[1] * 1000 + math.floor(time[2] / 1000))
  local number = redis.call('HINCRBY', prefix .. 'stats', 'enqueued', accepted) - accepted
  for i = 1, accepted do
    local id = before .. string.format('%d', number + i)
    redis.call('XADD', KEYS[1], '*', 'i', id, 'p', ARGV[i + 2])
    result[i] = {1, id}
  end
end
for i = accepted + 1, #ARGV - 2 do result[i] = {0, present + accepted, delayed, dead} end
return result
