-- Invalidates keys by the origin's version of them: an entry that lives and carries a higher one
-- stays. It moves to the new version, so that whatever else is known of its key (older values near
-- other instances, loads under way) is overtaken all the same. What can't be told for sure goes.
--   KEYS[4…]  for each key its entry and its lease, which ends
--   ARGV[4]   how many members each set keeps at most
--   ARGV[5]   evict or expire
--   ARGV[6…]  for each key its member to set, its members of both kinds, and the origin's version of
--             it in 8 bytes
-- Returns g and v.

-- Of a record, counted from 1: magic and format, how many variants, the position, the origin's
-- version, and the texts that follow it, each behind 2 bytes of its length: media type, entity tag,
-- fingerprint; then 2 bytes of how many tags, and the tags.
local FORMAT, VARIANTS = 'CI\1', 4
local GENERATION, VERSION, ORIGIN_VERSION, TEXTS = 5, 13, 54, 62
local TEXTS_BEFORE_TAGS = 3

-- Who invalidates more tags between a load and such an event loses its entry.
local MOST_MARKS = 100
local MOST_BYTES = 65536

local function bytes(generation)
  return (generation:gsub('%x%x', function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

-- Whether a record carries a higher version than the 8 bytes say. Doubles don't hold 64 bits.
local function is_newer(record, version)
  local high = struct.unpack('>i4', record, ORIGIN_VERSION)
  local low = struct.unpack('>I4', record, ORIGIN_VERSION + 4)
  local of_high = struct.unpack('>i4', version, 1)
  local of_low = struct.unpack('>I4', version, 5)
  return high > of_high or high == of_high and low > of_low
end

-- The tags of an entry, as a set; nil where they can't be read.
local function tags_of(name)
  local record = redis.call('GETRANGE', name, 0, MOST_BYTES - 1)
  local at = TEXTS
  local function next_text()
    if at + 1 > #record then
      return nil
    end
    local length = struct.unpack('>I2', record, at)
    local from = at + 2
    at = from + length
    return at - 1 <= #record and record:sub(from, at - 1) or nil
  end
  for _ = 1, TEXTS_BEFORE_TAGS do
    if not next_text() then
      return nil
    end
  end
  if at + 1 > #record then
    return nil
  end
  local count = struct.unpack('>I2', record, at)
  at = at + 2
  local tags = {}
  for _ = 1, count do
    local tag = next_text()
    if not tag then
      return nil
    end
    tags[tag] = true
  end
  return tags
end

-- Whether no tag of an entry, nor any pattern at all, was invalidated since its load began.
local function is_untouched(name, l)
  local later = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. text(l), '(+inf', 'LIMIT', 0,
    MOST_MARKS + 1)
  if #later == 0 then
    return true
  end
  local tags = #later <= MOST_MARKS and tags_of(name)
  if not tags then
    return false
  end
  for _, member in ipairs(later) do
    local tag = member:match('^x?t:(.*)$')
    if not tag or tags[tag] then
      return false
    end
  end
  return true
end

local function stays(o, name, evicted, expired, version)
  local record = redis.pcall('GETRANGE', name, 0, TEXTS - 2)
  if type(record) ~= 'string' or #record < TEXTS - 1 or record:sub(1, #FORMAT) ~= FORMAT
    or record:byte(VARIANTS) ~= 1 or record:sub(GENERATION, VERSION - 1) ~= bytes(o.g)
    or not is_newer(record, version) then
    return false
  end
  local l = struct.unpack('>I8', record, VERSION)
  local of_key = math.max(tonumber(redis.call('ZSCORE', KEYS[3], evicted) or 0),
    tonumber(redis.call('ZSCORE', KEYS[3], expired) or 0))
  return l <= o.v and math.max(o.a, o.xf, of_key) <= l and is_untouched(name, l)
end

local before = order()
local members, staying = {}, {}
for i = 4, #KEYS, 2 do
  local arg = 6 + (i - 4) * 2
  members[#members + 1] = ARGV[arg]
  if stays(before, KEYS[i], ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3]) then
    staying[i] = true
  end
end
local o = invalidate('', {}, members, tonumber(ARGV[4]))
local position = bytes(o.g) .. struct.pack('>I8', o.v)
for i = 4, #KEYS, 2 do
  if staying[i] then
    redis.call('SETRANGE', KEYS[i], GENERATION - 1, position)
  elseif ARGV[5] == 'evict' then
    redis.call('UNLINK', KEYS[i])
  end
  redis.call('UNLINK', KEYS[i + 1])
end
return { o.g, o.v }
