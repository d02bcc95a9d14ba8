-- Invalidates keys, tags, patterns or all, in one version.
--   KEYS[4…]  entries (of what is evicted) and leases to delete
--   ARGV[4]   how many members each set keeps at most
--   ARGV[5]   evict or expire for the whole cache, or empty
--   ARGV[6]   how many of the members that follow are tags and patterns; the others are keys
--   ARGV[7…]  members
-- Returns g and v.

local of_tags, of_keys = {}, {}
for i = 7, #ARGV do
  if i - 6 <= tonumber(ARGV[6]) then
    of_tags[#of_tags + 1] = ARGV[i]
  else
    of_keys[#of_keys + 1] = ARGV[i]
  end
end
local o = invalidate(ARGV[5], of_tags, of_keys, tonumber(ARGV[4]))
for i = 4, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
return { o.g, o.v }
