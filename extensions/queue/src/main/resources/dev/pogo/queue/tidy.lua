-- Removes consumers that have reserved nothing and have not been seen for an hour.
-- ARGV: group. Returns how many there were.
return removeIdle(ARGV[1], function(name, idle) return idle > 3600000 end)
