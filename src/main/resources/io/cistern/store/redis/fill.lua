-- Stores what loads brought, each unless an invalidation or a newer load overtook it.
--   KEYS[4…]  entries, and behind them as many leases
--   ARGV[4]   whose leases, which end; empty for what needs none
--   ARGV[5…]  three for each entry: milliseconds to store it for, the key's member, the record
-- Returns which were stored, and which leases somebody waits for, both counted from 1.

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

local owner = ARGV[4]
local count = (#KEYS - 3) / 2
local held, awaited = {}, {}
for i = 1, count do
  held[i] = owner == ''
  if owner ~= '' then
    local waited
    held[i], waited = give_back(KEYS[3 + count + i], owner)
    if waited then
      awaited[#awaited + 1] = i
    end
  end
end

local o = current()
if not o then
  return { {}, awaited }
end
repair_keys(o)

local members = {}
for i = 1, count do
  local member = ARGV[3 * i + 3]
  members[2 * i - 1] = member
  members[2 * i] = 'x' .. member
end
local marks = redis.call('ZMSCORE', KEYS[3], unpack(members))
local stored = {}
local created, highest = 0, 0
for i = 1, count do
  local record = ARGV[3 * i + 4]
  local name = KEYS[3 + i]
  local g, l = position(record)
  local evicted, expired = tonumber(marks[2 * i - 1]), tonumber(marks[2 * i])
  local may = held[i] and g == o.g and belongs(o, l)
    and math.max(o.a, o.lf, o.xf, evicted or 0, expired or 0) <= l
  if may then
    -- What is no string counts as nothing, and SET puts itself in its place.
    local there = redis.pcall('GETRANGE', name, 0, OFFSET + 15)
    if type(there) == 'string' and #there == OFFSET + 16 then
      local there_g, there_l = position(there)
      may = there_g ~= g or there_l <= l
    end
  end
  if may then
    redis.call('SET', name, record, 'PX', ARGV[3 * i + 2])
    stored[#stored + 1] = i
    created = math.max(created, creation(record))
    highest = math.max(highest, l)
  end
end
if #stored > 0 then
  note(created, highest)
end
return { stored, awaited }
