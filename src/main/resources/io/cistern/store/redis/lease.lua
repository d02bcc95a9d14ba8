-- Gives the right to load keys.
--   KEYS[4…]  for each key its entry and its lease
--   ARGV[4]   who asks
--   ARGV[5]   for how many milliseconds
--   ARGV[6…]  two for each key: the position (16 bytes) of the entry that was seen there, empty for
--             none, * for any; and the lease to take over, or empty
-- Returns g, v, and for each key: 1 granted, 2 another entry is there, or {lease, milliseconds}.

-- The record's position: 8 bytes of generation, 8 of version, from this many bytes on.
local OFFSET = 4

local function position_at(name)
  local there = redis.pcall('GETRANGE', name, OFFSET, OFFSET + 15)
  return type(there) == 'string' and there or ''
end

local o = order()
local mine = o.g .. ':' .. text(o.v) .. ':' .. ARGV[4]
local replies = { o.g, o.v }
for i = 4, #KEYS, 2 do
  local seen, instead = ARGV[i + 2], ARGV[i + 3]
  if seen ~= '*' and seen ~= position_at(KEYS[i]) then
    replies[#replies + 1] = 2
  else
    local held, awaited = lease(KEYS[i + 1])
    if held and held ~= instead then
      if not awaited then
        redis.call('SET', KEYS[i + 1], AWAITED .. held, 'KEEPTTL')
      end
      replies[#replies + 1] = { held, redis.call('PTTL', KEYS[i + 1]) }
    else
      -- Who waits for the one that is taken over waits for this one.
      redis.call('SET', KEYS[i + 1], (awaited and AWAITED or '') .. mine, 'PX', ARGV[5])
      replies[#replies + 1] = 1
    end
  end
end
return replies
