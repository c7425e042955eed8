-- Returns dead letters, those first that have been there longest.
-- ARGV: number of the first one, number of the last one. Returns how many have been looked at, and for
-- each its id, payload, reason, attempts, and when it failed for the first and for the last time in ms.
local ids = redis.call('ZRANGE', dead, ARGV[1], ARGV[2])
local result = {#ids}
for _, id in ipairs(ids) do
  local letter = redis.call('HGET', letters, id)
  if letter then
    local payload, reason, attempts, first, last = unpack(cmsgpack.unpack(letter))
    for _, value in ipairs({id, payload, reason, attempts,
        string.format('%d', first), string.format('%d', last)}) do
      result[#result + 1] = value
    end
  end
end
return result
