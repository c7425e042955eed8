-- Removes a consumer that has reserved nothing.
-- ARGV: group, consumer. Returns 1 if it was removed.
return removeIdle(ARGV[1], function(name) return name == ARGV[2] end)
