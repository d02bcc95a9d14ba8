-- Lets one run of a strategy begin, unless another is under way.
--   KEYS[1]  the lease   KEYS[2]  the last run
--   ARGV[1]  the run's id   ARGV[2]  the lease's milliseconds   ARGV[3]  the run
--   ARGV[4]  for how many milliseconds it is remembered
-- Returns 1 and the last run until now, or 0 and the id of the run under way.
local lease = redis.call('GET', KEYS[1])
if lease and lease ~= ARGV[1] then
  return { 0, lease }
end
local last = redis.call('GET', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
return { 1, last or '' }
