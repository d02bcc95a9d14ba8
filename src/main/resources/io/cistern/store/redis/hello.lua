-- What an instance says first on every connection: what was lost is found out, and from now on no
-- number is given that another history may have given before it was lost.
--   ARGV[4]  by how much the version jumps: random and large
--   ARGV[5]  what becomes of a history that lacks what the caller has seen: 'ask', 'replay', or
--            anything else for a new generation
-- To replay:
--   ARGV[6]    the version up to which the caller was told that both histories are the same
--   ARGV[7]    how many members each set keeps at most
--   ARGV[8,9]  'evict' and 'expire' where the whole cache was, or empty
--   ARGV[10…12]  how many of the members that follow are tags and patterns that were evicted, tags
--            and patterns that were told stale, keys that were evicted; the rest are keys told stale
--   ARGV[13…]  members
--   KEYS[4…]   entries and leases of the keys
-- Returns g and v. Where it is asked and lacks something: g, v, and up to which version its history
-- is also the caller's; nothing has changed then.

-- Every hello of any instance makes one: an instance must come back before so many have.
local KEPT_INTERVALS = 256

-- Whether all that the caller has seen lies in this history.
local function is_continued(o)
  return not is_behind(o) and (o.g ~= ARGV[2] or belongs(o, tonumber(ARGV[3])))
end

-- Up to which version both are the same; nil where that is unknown.
local function common(o)
  if o.g ~= ARGV[2] then
    return nil
  end
  local seen, last = tonumber(ARGV[3]), nil
  for from, to in o.st:gmatch('(%d+)-(%d*)') do
    if tonumber(from) <= seen then
      last = math.min(seen, tonumber(to) or o.v)
    end
  end
  return last
end

-- Begins another interval of versions, which lies beyond a version as well.
local function jump(o, beyond)
  local intervals = {}
  for interval in (o.st .. text(o.v)):gmatch('%S+') do
    intervals[#intervals + 1] = interval
  end
  o.v = math.max(o.v, beyond) + tonumber(ARGV[4])
  intervals[#intervals + 1] = text(o.v) .. '-'
  local first = math.max(1, #intervals - KEPT_INTERVALS + 1)
  redis.call('HSET', KEYS[1], 'v', text(o.v), 'st', table.concat(intervals, ' ', first))
end

-- Once more what the history lacks.
local function replay(o)
  local limit = tonumber(ARGV[7])
  local sets = { {}, {}, {}, {} }
  local counts = { tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12]), #ARGV }
  local at = 13
  for i = 1, 4 do
    while counts[i] > 0 and at <= #ARGV do
      sets[i][#sets[i] + 1] = ARGV[at]
      counts[i] = counts[i] - 1
      at = at + 1
    end
  end
  -- From here on the caller lacks nothing any more.
  ARGV[2] = o.g
  ARGV[3] = text(o.v)
  o = invalidate(ARGV[8], sets[1], sets[3], limit)
  ARGV[3] = text(o.v)
  o = invalidate(ARGV[9], sets[2], sets[4], limit)
  for i = 4, #KEYS do
    redis.call('UNLINK', KEYS[i])
  end
  return o
end

local o = current()
if o and is_continued(o) then
  o = order()
  jump(o, o.v)
  return { o.g, o.v }
end
local shared = o and common(o)
if shared and ARGV[5] == 'ask' then
  return { o.g, o.v, shared }
end
if shared and ARGV[5] == 'replay' and shared >= tonumber(ARGV[6]) then
  repair(o)
  -- Whoever has seen more would take this for a server that lost something, again and again.
  local seen = tonumber(ARGV[3])
  jump(o, seen < 2 ^ 52 and seen or o.v)
  o = replay(o)
else
  o = begin(ARGV[1], tonumber(ARGV[3]))
end
return { o.g, o.v }
