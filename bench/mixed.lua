-- Half of the requests for keys that are known, half for keys that nobody asked for before.
local known, fresh = 10000, 0

function request()
  local key
  if math.random() < 0.5 then
    key = math.random(0, known - 1)
  else
    fresh = fresh + 1
    key = "new-" .. fresh
  end
  return wrk.format("GET", wrk.path .. key)
end
