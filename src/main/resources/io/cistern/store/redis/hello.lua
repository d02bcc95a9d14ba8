-- What an instance says first on every connection: what was lost is found out, and from now on no
-- number is given that another history may have given before it was lost.
--   ARGV[4]  by how much the version jumps: random and large
-- Returns g and v.

-- Every hello of any instance makes one: an instance must come back before so many have.
local KEPT_INTERVALS = 256

-- Whether all that the caller has seen lies in this history.
local function is_continued(o)
  return not is_behind(o) and (o.g ~= ARGV[2] or belongs(o, tonumber(ARGV[3])))
end

local o = current()
if not o or not is_continued(o) then
  o = begin(ARGV[1], tonumber(ARGV[3]))
else
  o = order()
  local intervals = {}
  for interval in (o.st .. text(o.v)):gmatch('%S+') do
    intervals[#intervals + 1] = interval
  end
  o.v = o.v + tonumber(ARGV[4])
  intervals[#intervals + 1] = text(o.v) .. '-'
  local first = math.max(1, #intervals - KEPT_INTERVALS + 1)
  redis.call('HSET', KEYS[1], 'v', text(o.v), 'st', table.concat(intervals, ' ', first))
end
return { o.g, o.v }
