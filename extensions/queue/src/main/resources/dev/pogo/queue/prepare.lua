-- Ensures that the group exists, and is the only one.
-- ARGV: group. Returns nothing, or the name of another group.
if redis.call('EXISTS', stream) == 1 then
  local found = false
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    for i = 1, #group, 2 do
      if group[i] == 'name' then
        if group[i + 1] ~= ARGV[1] then return group[i + 1] end
        found = true
      end
    end
  end
  if found then return false end
end
redis.call('XGROUP', 'CREATE', stream, ARGV[1], '0', 'MKSTREAM')
return false
