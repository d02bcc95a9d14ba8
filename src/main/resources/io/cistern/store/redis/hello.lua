-- What an instance says first on every connection: what was lost is found out, and from now on no
-- number is given that another history may have given before it was lost.
--   ARGV[4]  by how much the version jumps: random and large
--   ARGV[5]  what becomes of a history that lacks what the caller has seen: 'ask', 'replay', or
--            anything else for a new generation
--   ARGV[6]  where intervals of versions begin of the history that the caller knows, by blanks
-- To replay:
--   ARGV[7]    the version up to which the caller was told that both histories are the same
--   ARGV[8]    how many members each set keeps at most
--   ARGV[9,10] 'evict' and 'expire' where the whole cache was, or empty
--   ARGV[11…13]  how many of the members that follow are tags and patterns that were evicted, tags
--            and patterns that were told stale, keys that were evicted; the rest are keys told stale
--   ARGV[14…]  members
--   KEYS[4…]   entries and leases of the keys
-- Returns g, v and where the present interval of versions begins. Where it is asked and lacks
-- something, besides: up to which version its history is also the caller's; nothing has changed then.

-- Every hello of any instance makes one: an instance must come back before so many have.
local KEPT_INTERVALS = 256

-- Whether all that the caller has seen lies in this history.
local function is_continued(o)
  return not is_behind(o) and (o.g ~= ARGV[2] or belongs(o, tonumber(ARGV[3])))
end

-- Up to which version both are the same; nil where that is unknown. The last interval that both
-- have tells: which versions the caller has seen does not, since those that it does not share may
-- lie beyond some that only this history has.
local function common(o)
  if o.g ~= ARGV[2] then
    return nil
  end
  local seen, last = tonumber(ARGV[3]), nil
  local known = ' ' .. ARGV[6] .. ' '
  for from, to in o.st:gmatch('(%d+)-(%d*)') do
    if known:find(' ' .. from .. ' ', 1, true) then
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
  o.st = table.concat(intervals, ' ', first)
  redis.call('HSET', KEYS[1], 'v', text(o.v), 'st', o.st)
end

-- Once more what the history lacks.
local function replay(o)
  local limit = tonumber(ARGV[8])
  local sets = { {}, {}, {}, {} }
  local counts = { tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), #ARGV }
  local at = 14
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
  o = invalidate(ARGV[9], sets[1], sets[3], limit)
  ARGV[3] = text(o.v)
  o = invalidate(ARGV[10], sets[2], sets[4], limit)
  for i = 4, #KEYS do
    redis.call('UNLINK', KEYS[i])
  end
  return o
end

local o = current()
if o and is_continued(o) then
  o = order()
  jump(o, o.v)
  return { o.g, o.v, beginning(o) }
end
local shared = o and common(o)
if shared and ARGV[5] == 'ask' then
  return { o.g, o.v, beginning(o), shared }
end
if shared and ARGV[5] == 'replay' and shared >= tonumber(ARGV[7]) then
  repair(o)
  -- Whoever has seen more would take this for a server that lost something, again and again.
  local seen = tonumber(ARGV[3])
  jump(o, seen < 2 ^ 52 and seen or o.v)
  o = replay(o)
else
  o = begin(ARGV[1], tonumber(ARGV[3]))
end
return { o.g, o.v, beginning(o) }
