-- Gives an answer to a caller, unless the host no longer has the claim.
-- KEYS[1] the queue; ARGV: prefix of all keys, host, caller, number of the request, the answer, how
-- long it is kept in ms. Returns 1 if it was given.
local claims = ARGV[1] .. 'claims:' .. ARGV[3]
if redis.call('HGET', claims, ARGV[4]) ~= ARGV[2] then return 0 end
redis.call('HDEL', claims, ARGV[4])
local answers = ARGV[1] .. 'answers:' .. ARGV[3]
redis.call('RPUSH', answers, ARGV[5])
redis.call('PEXPIRE', answers, ARGV[6])
return 1
