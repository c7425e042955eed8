-- Returns dead letters, those first that have been there longest.
-- KEYS[1] the stream; ARGV: prefix of all keys, number of the first one, number of the last one.
-- Returns for each its id, payload, reason, attempts, and when it failed for the first and for the
-- last time in ms.
local result = {}
for _, id in ipairs(redis.call('ZRANGE', ARGV[1] .. 'dead', ARGV[2], ARGV[3])) do
  local letter = redis.call('HGET', ARGV[1] .. 'letters', id)
  if letter then
    local payload, reason, attempts, first, last = unpack(cmsgpack.unpack(letter))
    for _, value in ipairs({id, payload, reason, attempts,
        string.format('%d', first), string.format('%d', last)}) do
      result[#result + 1] = value
    end
  end
end
return result
