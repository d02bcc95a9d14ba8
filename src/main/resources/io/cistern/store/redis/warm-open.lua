-- Begins a transaction that stores entries without a script seeing their values: Lua hashes every
-- byte of its arguments, which takes longer than storing them. Comes behind order.lua and
-- warm-fence.lua, whose arguments it shares.
--
-- In the transaction follows MSETNX with the gate and all entries, which stores nothing as long as
-- the gate is there. Only this script takes it away, and warm-close.lua puts it back; where either
-- does not run, nothing is stored.
--   KEYS[4]    the gate
--   KEYS[5…]   entries; none to put the gate there in the first place
-- Returns 1 where all may be stored; what lay there is gone then. 0 otherwise.
redis.call('SET', KEYS[4], 'shut')
local refused = #KEYS > 4 and overtaken(5)
if not refused or #refused > 0 then
  return 0
end
redis.call('DEL', unpack(KEYS, 4))
return 1
