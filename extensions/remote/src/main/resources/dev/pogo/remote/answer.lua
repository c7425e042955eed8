-- Gives answers to callers, except those whose claim is no longer there.
-- KEYS[1] the queue; ARGV: prefix of all keys, how long answers are kept in ms, and for each answer
-- the caller, the number of the request and the answer. Returns how many were given.
local prefix, keep = ARGV[1], ARGV[2]
local given, lists = 0, {}
for i = 3, #ARGV, 3 do
  local caller = ARGV[i]
  if redis.call('HDEL', prefix .. 'claims:' .. caller, ARGV[i + 1]) == 1 then
    local answers = prefix .. 'answers:' .. caller
    redis.call('RPUSH', answers, ARGV[i + 2])
    lists[answers] = true
    given = given + 1
  end
end
for answers in pairs(lists) do redis.call('PEXPIRE', answers, keep) end
return given
