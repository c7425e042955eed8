-- Functions and names that several scripts use; this is put before them.
-- All their keys are declared, so that the server of a cluster that is handing them over refuses a
-- script before it begins, and not in its middle.
local stream, delayed, dead, letters, stats = unpack(KEYS)

-- Returns the time in ms.
local function millis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Returns a number that may have been written by a stranger, or 0 if it is none.
local function number(text, most)
  local found = tonumber(string.match(text or '', '^%d+$'))
  return found and found <= most and found or 0
end

-- Returns the message in an entry of the stream: its id, its payload, how often it has been attempted,
-- and when it failed for the first time in ms.
local function message(entry)
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  local id = fields.i or ''
  if #id > 39 or not string.match(id, '^%d+%-%d+$') then
    id = '0-' .. string.gsub(entry[1], '-', '') -- a stranger's; no message of ours has such an id
  end
  return id, fields.p or '', number(fields.a, 1e9), number(fields.f, 1e15)
end

-- Makes a message pending.
local function add(id, payload, attempts, first)
  if attempts == 0 then
    redis.call('XADD', stream, '*', 'i', id, 'p', payload)
  else
    redis.call('XADD', stream, '*', 'i', id, 'p', payload,
        'a', attempts, 'f', string.format('%d', first))
  end
end

-- Makes a message pending later.
local function delay(due, id, payload, attempts, first)
  redis.call('ZADD', delayed, string.format('%d', due),
      cmsgpack.pack({id, payload, attempts, first}))
end

-- Makes a message a dead letter. Its place is a number, as several may fail within a ms.
local function bury(id, payload, reason, attempts, first, last)
  redis.call('HSET', letters, id, cmsgpack.pack({payload, reason, attempts, first, last}))
  redis.call('ZADD', dead, redis.call('HINCRBY', stats, 'dead', 1), id)
end

-- Removes the consumers of a group that have reserved nothing and that the function accepts, which is
-- given the name of one and for how many ms it has not been seen. Returns how many there were.
local function removeIdle(group, accepts)
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, group)
  if consumers.err then return 0 end -- the group does not exist yet
  local removed = 0
  for _, consumer in ipairs(consumers) do
    local about = {}
    for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
    if about.pending == 0 and accepts(about.name, about.idle) then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, about.name)
      removed = removed + 1
    end
  end
  return removed
end
