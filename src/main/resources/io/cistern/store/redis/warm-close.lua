-- Ends what warm-open.lua began.
--   KEYS[1]   the gate   KEYS[2…]  the entries
--   ARGV[1]   for how many milliseconds they are stored
-- Returns 1 where they are stored, 0 otherwise.
local call, lifetime = redis.call, ARGV[1]
if call('GET', KEYS[1]) == 'shut' then
  return 0
end
call('SET', KEYS[1], 'shut')
for i = 2, #KEYS do
  call('PEXPIRE', KEYS[i], lifetime)
end
return 1
