-- What both ways to store what was read ahead of any demand share; comes behind order.lua.
--   KEYS[4…]   entries, from where the caller says
--   ARGV[4,5]  the generation and the version before the reading
--   ARGV[6]    both as they stand in a record
--   ARGV[7]    when the reading began, as the time stands in a record
--   ARGV[8]    where in their names the keys begin, counted from 1

-- Of a record, for GETRANGE and counted from there: generation, version, checksum, length and kind
-- of the first variant, its creation. Numbers would be made text anew for each entry.
local FROM, TO, LENGTH = '4', '36', 33
local VERSION, CREATED = 9, 26

-- Which entries, counted from 1, an invalidation overtook, or lie there made since the reading
-- began; nil where none may be stored.
local function overtaken(first)
  local l, position, since = tonumber(ARGV[5]), ARGV[6], ARGV[7]
  local o = current()
  if not o then
    return nil
  end
  repair_keys(o)
  if o.g ~= ARGV[4] or math.max(o.a, o.lf, o.xf) > l or not belongs(o, l) then
    return nil
  end

  local call, try, sub = redis.call, redis.pcall, string.sub
  local count = #KEYS - first + 1
  local marks
  -- The guard alone: no key was invalidated.
  if call('ZCARD', KEYS[3]) > 1 then
    local key_from = tonumber(ARGV[8])
    local members = {}
    for i = 1, count do
      local member = 'k:' .. sub(KEYS[first + i - 1], key_from)
      members[2 * i - 1] = member
      members[2 * i] = 'x' .. member
    end
    marks = call('ZMSCORE', KEYS[3], unpack(members))
  end

  local generation = sub(position, 1, VERSION - 1)
  local width = #position
  local refused = {}
  -- A cold cache is filled without looking at each.
  local nothing_there = count > 0 and call('EXISTS', KEYS[first]) == 0
    and call('EXISTS', unpack(KEYS, first)) == 0
  for i = 1, count do
    local may = not marks
      or math.max(tonumber(marks[2 * i - 1]) or 0, tonumber(marks[2 * i]) or 0) <= l
    if may and not nothing_there then
      -- What is no string counts as nothing, and makes way.
      local there = try('GETRANGE', KEYS[first + i - 1], FROM, TO)
      if type(there) == 'string' and #there == LENGTH then
        if sub(there, 1, width) == position then
          may = sub(there, CREATED) < since
        elseif sub(there, 1, VERSION - 1) == generation then
          may = struct.unpack('>I8', there, VERSION) < l
        end
      end
    end
    if not may then
      refused[#refused + 1] = i
    end
  end
  return refused
end
