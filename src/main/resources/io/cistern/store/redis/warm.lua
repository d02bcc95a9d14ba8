-- Stores what was read ahead of any demand, each entry unless an invalidation overtook the reading,
-- or what lies there was made since it began. Comes behind order.lua.
--   KEYS[4…]  entries
--   ARGV[4]   the generation, and
--   ARGV[5]   the version before the reading
--   ARGV[6]   when it began, in milliseconds of the store's time
--   ARGV[7…]  three for each entry: milliseconds to store it for, the key's member, the record
-- Returns which were refused, counted from 1; a single 0 for all.

-- The record's generation and version, and the creation time of its first variant.
local GENERATION, VERSION, CREATED, LAST = 5, 13, 30, 37

local count = #KEYS - 3
local l = tonumber(ARGV[5])
local since = tonumber(ARGV[6])
local o = current()
if not o then
  return { 0 }
end
repair_keys(o)
if o.g ~= ARGV[4] or o.a > l or o.lf > l or l > o.v then
  return { 0 }
end

local members = {}
for i = 1, count do
  members[i] = ARGV[3 * i + 5]
end
local marks = redis.call('ZMSCORE', KEYS[3], unpack(members))
local refused = {}
for i = 1, count do
  local name, record = KEYS[3 + i], ARGV[3 * i + 6]
  local mark = tonumber(marks[i])
  local may = not mark or mark <= l
  if may then
    -- What is no string counts as nothing, and SET puts itself in its place.
    local there = redis.pcall('GETRANGE', name, 0, LAST - 1)
    if type(there) == 'string' and #there == LAST
        and there:sub(GENERATION, VERSION - 1) == record:sub(GENERATION, VERSION - 1) then
      local there_l = struct.unpack('>I8', there, VERSION)
      may = there_l < l or there_l == l and struct.unpack('>I8', there, CREATED) < since
    end
  end
  if may then
    redis.call('SET', name, record, 'PX', ARGV[3 * i + 4])
  else
    refused[#refused + 1] = i
  end
end
return refused
