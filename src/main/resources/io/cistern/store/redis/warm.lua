-- Stores what was read ahead of any demand, each entry unless an invalidation overtook the reading,
-- or what lies there was made since it began. Comes behind order.lua. Measured: each further argument
-- or command for an entry costs a tenth of the rate.
--   KEYS[4…]   entries
--   ARGV[4,5]  the generation and the version before the reading
--   ARGV[6]    both as they stand in a record
--   ARGV[7]    when the reading began, as the time stands in a record
--   ARGV[8]    for how many milliseconds the entries are stored
--   ARGV[9]    where in their names the keys begin, counted from 1
--   ARGV[10…]  the records
-- Returns which were refused, counted from 1; a single 0 for all.

-- Of a record: generation, version, checksum, length and kind of the first variant, its creation.
local FROM, TO, VERSION, CREATED = 4, 36, 9, 26
local LENGTH = TO - FROM + 1

local l, position, since = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local lifetime, key_from = ARGV[8], tonumber(ARGV[9])
local o = current()
if not o then
  return { 0 }
end
repair_keys(o)
if o.g ~= ARGV[4] or math.max(o.a, o.lf, o.xf) > l or not belongs(o, l) then
  return { 0 }
end

local count = #KEYS - 3
local marks
-- The guard alone: no key was invalidated.
if redis.call('ZCARD', KEYS[3]) > 1 then
  local members = {}
  for i = 1, count do
    local member = 'k:' .. KEYS[3 + i]:sub(key_from)
    members[2 * i - 1] = member
    members[2 * i] = 'x' .. member
  end
  marks = redis.call('ZMSCORE', KEYS[3], unpack(members))
end

local call, try, sub = redis.call, redis.pcall, string.sub
local generation = sub(position, 1, VERSION - 1)
local refused = {}
for i = 1, count do
  local name = KEYS[3 + i]
  local may = not marks
    or math.max(tonumber(marks[2 * i - 1]) or 0, tonumber(marks[2 * i]) or 0) <= l
  if may then
    -- What is no string counts as nothing, and SET puts itself in its place.
    local there = try('GETRANGE', name, FROM, TO)
    if type(there) == 'string' and #there == LENGTH then
      if sub(there, 1, #position) == position then
        may = sub(there, CREATED) < since
      elseif sub(there, 1, VERSION - 1) == generation then
        may = struct.unpack('>I8', there, VERSION) < l
      end
    end
  end
  if may then
    call('SET', name, ARGV[9 + i], 'PX', lifetime)
  else
    refused[#refused + 1] = i
  end
end
return refused
