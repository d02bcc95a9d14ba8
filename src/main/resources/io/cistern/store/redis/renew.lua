-- Lets leases stand longer.
--   KEYS[…]  leases
--   ARGV[1]  whose
--   ARGV[2]  for how many milliseconds from now
-- Returns those that were still their owner's, counted from 1.

local standing = {}
for i, name in ipairs(KEYS) do
  if owns(name, ARGV[1]) then
    redis.call('PEXPIRE', name, ARGV[2])
    standing[#standing + 1] = i
  end
end
return standing
