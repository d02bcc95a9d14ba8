-- What both ways to store what was read ahead of any demand share; comes behind order.lua.
--   KEYS[4…]   entries, from where the caller says
--   ARGV[4,5]  the generation and the version before the reading
--   ARGV[6]    both as they stand in a record
--   ARGV[7]    when the reading began
--   ARGV[8]    where in their names the keys begin, counted from 1
--   ARGV[9]    the latest creation of the entries

-- Of a record, for GETRANGE and counted from there: generation, version, checksum, length and kind
-- of the first variant, its creation. Numbers would be made text anew for each entry.
local FROM, TO, LENGTH = '4', '36', 33
local VERSION, CREATED = 9, 26

-- Whether nobody but this reading has stored anything since it began, nor anything of a later
-- version. Looking at each entry takes as long as storing it.
local function is_alone(l)
  local since, created = tonumber(ARGV[7]), tonumber(ARGV[9])
  local noted = redis.call('HMGET', KEYS[1], 'f', 'fv', 'w', 'wc')
  local latest, highest = tonumber(noted[1]), tonumber(noted[2])
  local of_last = tonumber(noted[4]) or 0
  if not latest or not highest then
    -- An earlier release kept no notes.
    latest, highest = math.max(since, created), l
  end
  if noted[3] and noted[3] ~= ARGV[7] then
    latest = math.max(latest, of_last)
    of_last = 0
  end
  redis.call('HSET', KEYS[1], 'f', text(latest), 'fv', text(highest), 'w', ARGV[7],
    'wc', text(math.max(of_last, created)))
  return latest < since and highest <= l
end

-- Which entries, counted from 1, an invalidation overtook, or lie there made since the reading
-- began; nil where none may be stored.
local function overtaken(first)
  local l, position, since = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
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
  local alone = is_alone(l)
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

  if alone and not marks then
    return {}
  end

  local generation = sub(position, 1, VERSION - 1)
  local width = #position
  local refused = {}
  -- Nor is a cold cache looked at entry by entry.
  local may_differ = not alone and count > 0
  local nothing_there = may_differ and call('EXISTS', KEYS[first]) == 0
    and call('EXISTS', unpack(KEYS, first)) == 0
  for i = 1, count do
    local may = not marks
      or math.max(tonumber(marks[2 * i - 1]) or 0, tonumber(marks[2 * i]) or 0) <= l
    if may and may_differ and not nothing_there then
      -- What is no string counts as nothing, and makes way.
      local there = try('GETRANGE', KEYS[first + i - 1], FROM, TO)
      if type(there) == 'string' and #there == LENGTH then
        if sub(there, 1, width) == position then
          may = struct.unpack('>I8', there, CREATED) < since
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
