-- What was invalidated since a point, after making the order safe where parts of it were lost.
--   ARGV[4], ARGV[5]  generation and version that the caller knows all about
-- Returns g, v, a, lf, xf, both sets with versions, above the known one, and where the present
-- interval of versions begins.

local o = order()
local from = '-inf'
-- Who knows a history that was lost may know nothing of what came here below its last version.
if o.g == ARGV[4] and belongs(o, tonumber(ARGV[5])) then
  from = '(' .. ARGV[5]
end
local to = text(o.v)
return {
  o.g, o.v, o.a, o.lf, o.xf,
  redis.call('ZRANGEBYSCORE', KEYS[2], from, to, 'WITHSCORES'),
  redis.call('ZRANGEBYSCORE', KEYS[3], from, to, 'WITHSCORES'),
  beginning(o),
}
