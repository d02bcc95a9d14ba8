-- What the scripts that go by the order share; put in front of each. All keys of a call belong to
-- one partition of one cache and share a hash tag.
--
--   KEYS[1]  :m  hash        g generation (16 hex digits), v version, a entry floor, lf load floor,
--                            xf expire floor (st, the intervals of v, has its place here, too)
--   KEYS[2]  :t  sorted set  t:<tag> and p:<pattern> by the version of their last invalidation
--   KEYS[3]  :k  sorted set  k:<key> likewise
--   ARGV[1]  the generation to begin should one be needed
--   ARGV[2]  the generation and
--   ARGV[3]  the version that the caller has seen
--
-- Both sorted sets hold a guard, the empty member, above every version: where it is missing, the
-- set was lost. Versions are exact as numbers; generations need all 64 bits and stay text.

local GUARD = ''

local function text(number)
  return string.format('%.0f', number)
end

local function begin(generation, version)
  local v = text(version)
  -- First of all, since it is refused where memory is short, and nothing must have changed then.
  redis.call('HSET', KEYS[1], 'g', generation, 'v', v, 'a', v, 'lf', v, 'xf', v)
  redis.call('UNLINK', KEYS[2], KEYS[3])
  redis.call('ZADD', KEYS[2], '+inf', GUARD)
  redis.call('ZADD', KEYS[3], '+inf', GUARD)
  return { g = generation, v = version, a = version, lf = version }
end

-- The order as it stands, or nil.
local function current()
  local f = redis.call('HMGET', KEYS[1], 'g', 'v', 'a', 'lf')
  local o = { g = f[1], v = tonumber(f[2]), a = tonumber(f[3]), lf = tonumber(f[4]) }
  if o.g and #o.g == 16 and o.v and o.a and o.lf then
    return o
  end
  return nil
end

-- A lost set of keys took the fences of loads with it: only loads that begin now may fill.
local function repair_keys(o)
  if not redis.call('ZSCORE', KEYS[3], GUARD) then
    o.lf = o.v
    redis.call('HSET', KEYS[1], 'lf', text(o.v), 'xf', text(o.v))
    redis.call('ZADD', KEYS[3], '+inf', GUARD)
  end
end

-- The order as it must be. Gone, or behind what was seen of the same generation: a new generation,
-- in which nothing lives that was stored before.
local function order()
  local seen = tonumber(ARGV[3])
  local o = current()
  if not o or (o.g == ARGV[2] and o.v < seen) then
    return begin(ARGV[1], seen)
  end
  -- A lost set of tags and patterns may have told of any entry that it is dead.
  if not redis.call('ZSCORE', KEYS[2], GUARD) then
    o.a = o.v
    o.lf = o.v
    redis.call('HSET', KEYS[1], 'a', text(o.v), 'lf', text(o.v))
    redis.call('ZADD', KEYS[2], '+inf', GUARD)
  end
  repair_keys(o)
  return o
end

-- Bounds a set and returns the highest version that made way, or nil.
local function trim(key, limit)
  local surplus = redis.call('ZCARD', key) - 1 - limit
  if surplus <= 0 then
    return nil
  end
  local last = redis.call('ZRANGE', key, surplus - 1, surplus - 1, 'WITHSCORES')
  redis.call('ZREMRANGEBYRANK', key, 0, surplus - 1)
  return tonumber(last[2])
end

-- Adds members at a version to a set, and bounds it; the highest version that made way, or 0.
local function mark(set, members, v, limit)
  if #members == 0 then
    return 0
  end
  local args = {}
  for _, member in ipairs(members) do
    args[#args + 1] = v
    args[#args + 1] = member
  end
  redis.call('ZADD', set, unpack(args))
  return trim(set, limit) or 0
end

-- One invalidation: one version further, members added, both sets bounded, floors raised.
-- Deleting is left to the caller.
local function invalidate(all, of_tags, of_keys, limit)
  local o = order()
  o.v = o.v + 1
  local v = text(o.v)
  o.a = math.max(o.a, mark(KEYS[2], of_tags, v, limit))
  o.lf = math.max(o.lf, mark(KEYS[3], of_keys, v, limit))
  if all then
    o.a = o.v
    o.lf = o.v
  end
  redis.call('HSET', KEYS[1], 'v', v, 'a', text(o.a), 'lf', text(o.lf))
  return o
end
