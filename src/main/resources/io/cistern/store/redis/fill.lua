-- Stores what loads brought, each unless an invalidation or a newer load overtook it.
--   KEYS[4…]  entries
--   ARGV[4…]  three for each entry: milliseconds to store it for, the key's member, the record
-- Returns which were stored, counted from 1. Later: L must lie in an interval of st, and the lease
-- must still be its owner's.

-- The record's position: 8 bytes of generation, 8 of version, from this many bytes on.
local OFFSET = 4

local function hex(bytes)
  return (bytes:gsub('.', function(c)
    return string.format('%02x', c:byte())
  end))
end

-- Generation and L of a record.
local function position(record)
  return hex(record:sub(OFFSET + 1, OFFSET + 8)),
    (struct.unpack('>I8', record:sub(OFFSET + 9, OFFSET + 16)))
end

local o = current()
if not o then
  return {}
end
repair_keys(o)

local members = {}
for i = 4, #KEYS do
  members[#members + 1] = ARGV[3 * i - 7]
end
local marks = redis.call('ZMSCORE', KEYS[3], unpack(members))
local stored = {}
for i = 4, #KEYS do
  local record = ARGV[3 * i - 6]
  local g, l = position(record)
  local mark = tonumber(marks[i - 3])
  local may = g == o.g and o.a <= l and o.lf <= l and l <= o.v and (not mark or mark <= l)
  if may then
    -- What is no string counts as nothing, and SET puts itself in its place.
    local there = redis.pcall('GETRANGE', KEYS[i], 0, OFFSET + 15)
    if type(there) == 'string' and #there == OFFSET + 16 then
      local there_g, there_l = position(there)
      may = there_g ~= g or there_l <= l
    end
  end
  if may then
    redis.call('SET', KEYS[i], record, 'PX', ARGV[3 * i - 8])
    stored[#stored + 1] = i - 3
  end
end
return stored
