-- What the scripts that go by the order share; put in front of each. All keys of a call belong to
-- one partition of one cache and share a hash tag.
--
--   KEYS[1]  :m  hash        g generation (16 hex digits), v version, a entry floor, lf load floor,
--                            xf expire floor, st intervals of v: <from>-<to> <from>-<to> <from>-
--                            f latest creation and fv highest version of entries that loads and
--                            puts stored; w when the reading began of the warming that stored last,
--                            wc the latest creation of what it stored
--   KEYS[2]  :t  sorted set  t:<tag> and p:<pattern> by the version of their last eviction, and
--                            xt:<tag> and xp:<pattern> by that of their last expiry
--   KEYS[3]  :k  sorted set  k:<key> and xk:<key> likewise
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

-- A number that can be one of ours, or nil.
local function whole(value)
  local number = tonumber(value)
  if number and number >= 0 and number < 2 ^ 53 and number == math.floor(number) then
    return number
  end
  return nil
end

-- What a command that takes a name answers; what has another type under it is none of ours, and
-- goes.
local function ask(command, name, ...)
  local reply = redis.pcall(command, name, ...)
  if type(reply) == 'table' and reply.err then
    redis.call('UNLINK', name)
    return nil
  end
  return reply
end

local function begin(generation, version)
  -- Where a caller was made believe that numbers are used up.
  version = version < 2 ^ 52 and version or 0
  local v = text(version)
  ask('HLEN', KEYS[1])
  -- First of all, since it is refused where memory is short, and nothing must have changed then.
  local st = v .. '-'
  redis.call('HSET', KEYS[1], 'g', generation, 'v', v, 'a', v, 'lf', v, 'xf', v, 'st', st,
    'f', '0', 'fv', v)
  redis.call('UNLINK', KEYS[2], KEYS[3])
  redis.call('ZADD', KEYS[2], '+inf', GUARD)
  redis.call('ZADD', KEYS[3], '+inf', GUARD)
  return { g = generation, v = version, a = version, lf = version, xf = version, st = st }
end

-- The order as it stands, or nil.
local function current()
  local f = redis.pcall('HMGET', KEYS[1], 'g', 'v', 'a', 'lf', 'xf', 'st')
  if f.err then
    return nil
  end
  local o = { g = f[1], v = whole(f[2]), a = whole(f[3]), lf = whole(f[4]), xf = whole(f[5]),
    st = f[6] }
  local is_order = o.g and #o.g == 16 and o.g:match('^[0-9a-f]+$') and o.v and o.a and o.lf and o.xf
    and o.st and o.st:match('%d%-$')
  return is_order and o or nil
end

-- The number of a generation.
local function number(generation)
  return tonumber(generation:sub(1, 6), 16)
end

-- Whether this is no later than what the caller has seen: of generations the one with the higher
-- number counts, the others come from an old snapshot or a server that was left behind.
local function is_behind(o)
  if o.g == ARGV[2] then
    return o.v < tonumber(ARGV[3])
  end
  return number(o.g) <= number(ARGV[2])
end

-- Where the present interval of versions begins.
local function beginning(o)
  return tonumber(o.st:match('(%d+)%-$'))
end

-- Whether a version belongs to this history: another one, which was lost, may have used numbers in
-- between for something else.
local function belongs(o, version)
  -- Mostly it is in the last one.
  if version <= o.v and version >= beginning(o) then
    return true
  end
  for from, to in o.st:gmatch('(%d+)-(%d*)') do
    if tonumber(from) <= version and version <= (tonumber(to) or o.v) then
      return true
    end
  end
  return false
end

-- Whether a set has its guard.
local function is_whole(set)
  return ask('ZSCORE', set, GUARD)
end

-- A lost set of keys took the fences of loads with it: only loads that begin now may fill. Nor
-- does anybody know which keys were told stale: all are.
local function repair_keys(o)
  if not is_whole(KEYS[3]) then
    o.lf = o.v
    o.xf = o.v
    redis.call('HSET', KEYS[1], 'lf', text(o.v), 'xf', text(o.v))
    redis.call('ZADD', KEYS[3], '+inf', GUARD)
  end
end

-- What follows from sets that were lost: one of tags and patterns may have told of any entry that it
-- is dead.
local function repair(o)
  if not is_whole(KEYS[2]) then
    o.a = o.v
    o.lf = o.v
    redis.call('HSET', KEYS[1], 'a', text(o.v), 'lf', text(o.v))
    redis.call('ZADD', KEYS[2], '+inf', GUARD)
  end
  repair_keys(o)
end

-- The order as it must be. Gone, or behind what was seen: a new generation, in which nothing lives
-- that was stored before.
local function order()
  local seen = tonumber(ARGV[3])
  local o = current()
  if not o or is_behind(o) then
    return begin(ARGV[1], seen)
  end
  repair(o)
  return o
end

-- When an entry was created, in milliseconds; by its record.
local function creation(record)
  return (struct.unpack('>I8', record, 30))
end

-- Takes note of what was stored otherwise than ahead of any demand.
local function note(created, version)
  local noted = redis.call('HMGET', KEYS[1], 'f', 'fv')
  if not noted[1] or tonumber(noted[1]) < created or tonumber(noted[2]) < version then
    redis.call('HSET', KEYS[1], 'f', text(math.max(created, tonumber(noted[1]) or 0)),
      'fv', text(math.max(version, tonumber(noted[2]) or 0)))
  end
end

-- Bounds a set; the highest versions that made way, of evictions and of expiries, each 0 if none.
local function trim(key, limit)
  local highest = { evicted = 0, expired = 0 }
  local surplus = redis.call('ZCARD', key) - 1 - limit
  if surplus > 0 then
    -- Oldest first, so that the last of each kind is the highest.
    local gone = redis.call('ZRANGE', key, 0, surplus - 1, 'WITHSCORES')
    for i = 1, #gone, 2 do
      local kind = gone[i]:sub(1, 1) == 'x' and 'expired' or 'evicted'
      highest[kind] = tonumber(gone[i + 1])
    end
    redis.call('ZREMRANGEBYRANK', key, 0, surplus - 1)
  end
  return highest
end

-- Adds members at a version to a set, and bounds it: what trim returns.
local function mark(set, members, v, limit)
  if #members == 0 then
    return { evicted = 0, expired = 0 }
  end
  local args = {}
  for _, member in ipairs(members) do
    args[#args + 1] = v
    args[#args + 1] = member
  end
  redis.call('ZADD', set, unpack(args))
  return trim(set, limit)
end

-- One invalidation: one version further, members added, both sets bounded, floors raised.
-- Deleting is left to the caller. The whole cache: 'evict', 'expire' or anything else for neither.
local function invalidate(all, of_tags, of_keys, limit)
  local o = order()
  o.v = o.v + 1
  local v = text(o.v)
  local tags_gone = mark(KEYS[2], of_tags, v, limit)
  local keys_gone = mark(KEYS[3], of_keys, v, limit)
  o.a = math.max(o.a, tags_gone.evicted)
  o.lf = math.max(o.lf, keys_gone.evicted)
  o.xf = math.max(o.xf, tags_gone.expired, keys_gone.expired)
  if all == 'evict' then
    o.a = o.v
    o.lf = o.v
  elseif all == 'expire' then
    o.xf = o.v
  end
  redis.call('HSET', KEYS[1], 'v', v, 'a', text(o.a), 'lf', text(o.lf), 'xf', text(o.xf))
  return o
end
