-- Deletes entries that are still what they were when somebody looked: a fill or a put in between
-- must not be lost.
--   KEYS[i]  an entry
--   ARGV[i]  how its record began; empty for what is no string
-- Returns how many were deleted.

local removed = 0
for i, key in ipairs(KEYS) do
  local expected = ARGV[i]
  local there = redis.pcall('GETRANGE', key, 0, math.max(#expected, 1) - 1)
  local same = there == expected
  if type(there) ~= 'string' then
    same = expected == ''
  end
  if same then
    removed = removed + redis.call('UNLINK', key)
  end
end
return removed
