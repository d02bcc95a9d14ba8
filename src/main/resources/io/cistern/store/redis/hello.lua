-- What an instance says first on every connection: what was lost is found out, and from now on no
-- number is given that another history may have given before it was lost.
--   ARGV[4]  by how much the version jumps: random and large
-- Returns g and v.

local KEPT_INTERVALS = 8
local NUMBER_DIGITS = 6

-- The number of a generation.
local function number(generation)
  return tonumber(generation:sub(1, NUMBER_DIGITS), 16)
end

-- Whether all that the caller has seen lies in this history. Of generations the later one counts:
-- an earlier one comes from an old snapshot or a server that was left behind.
local function is_continued(o)
  if o.g == ARGV[2] then
    return belongs(o, tonumber(ARGV[3]))
  end
  return number(o.g) > number(ARGV[2])
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
