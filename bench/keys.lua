-- For wrk: asks for the keys 0 to 9999 of a path by turns, in an order that no cache likes.
local key = 0
request = function()
   key = (key + 7919) % 10000
   return wrk.format("GET", wrk.path .. key)
end
