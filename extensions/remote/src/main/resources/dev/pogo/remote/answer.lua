-- Gives answers to callers, except those whose claim the host no longer has.
-- KEYS[1] the queue; ARGV: prefix of all keys, host, how long answers are kept in ms, and for each
-- answer the caller, the number of the request and the answer. Returns how many were given.
local prefix, host, keep = ARGV[1], ARGV[2], ARGV[3]
local given, lists = 0, {}
for i = 4, #ARGV, 3 do
  local caller = ARGV[i]
  local claims = prefix .. 'claims:' .. caller
  if redis.call('HGET', claims, ARGV[i + 1]) == host then
    redis.call('HDEL', claims, ARGV[i + 1])
    local answers = prefix .. 'answers:' .. caller
    redis.call('RPUSH', answers, ARGV[i + 2])
    lists[answers] = true
    given = given + 1
  end
end
for answers in pairs(lists) do redis.call('PEXPIRE', answers, keep) end
return given
