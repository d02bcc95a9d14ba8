-- Stores what was read ahead of any demand, each entry unless it was overtaken. Comes behind
-- order.lua and warm-fence.lua, whose arguments it shares.
--   KEYS[4…]   entries
--   ARGV[10]   for how many milliseconds the entries are stored
--   ARGV[11…]  the records
-- Returns which were refused, counted from 1; a single 0 for all.
local refused = overtaken(4)
if not refused then
  return { 0 }
end
local is_refused = {}
for _, i in ipairs(refused) do
  is_refused[i] = true
end
local call, lifetime = redis.call, ARGV[10]
for i = 1, #KEYS - 3 do
  if not is_refused[i] then
    call('PSETEX', KEYS[3 + i], lifetime, ARGV[10 + i])
  end
end
return refused
