-- Ensures that the group exists, and is the only one.
-- KEYS[1] the stream; ARGV: group. Returns nothing, or the name of another group.
if redis.call('EXISTS', KEYS[1]) == 1 then
  local found = false
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    for i = 1, #group, 2 do
      if group[i] == 'name' then
        if group[i + 1] ~= ARGV[1] then return group[i + 1] end
        found = true
      end
    end
  end
  if found then return false end
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
return false
