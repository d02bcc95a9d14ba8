-- Tells how a run goes on, and keeps its lease, or gives it back at its end. A lease that is gone is
-- taken again: nobody has begun another run meanwhile.
--   KEYS[1]  the lease   KEYS[2]  the last run
--   ARGV[1]  the run's id   ARGV[2]  the lease's milliseconds; 0 at its end   ARGV[3]  the run
--   ARGV[4]  for how many milliseconds it is remembered
-- Returns 1, or 0 where another run has the lease.
local lease = redis.call('GET', KEYS[1])
if lease and lease ~= ARGV[1] then
  return { 0 }
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
return { 1 }
