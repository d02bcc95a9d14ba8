-- Gives leases back without a value.
--   KEYS[…]  leases
--   ARGV[1]  whose
-- Returns those for which somebody waits, counted from 1.

local awaited = {}
for i, name in ipairs(KEYS) do
  local _, waited = give_back(name, ARGV[1])
  if waited then
    awaited[#awaited + 1] = i
  end
end
return awaited
