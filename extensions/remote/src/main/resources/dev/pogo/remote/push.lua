-- Puts the ids of requests into the queue, after the requests themselves.
-- KEYS[1] the queue; ARGV: how long the queue is kept in ms, and the ids.
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
