-- What the scripts about leases share. A lease is a string: <g>:<v>:<owner>, with an exclamation
-- mark in front as soon as somebody waits for its end.

local AWAITED = '!'

-- The lease under a name without the mark, and whether it bears it; nil if there is none.
local function lease(name)
  local value = redis.pcall('GET', name)
  if type(value) ~= 'string' then
    return nil, false
  end
  if value:sub(1, 1) == AWAITED then
    return value:sub(2), true
  end
  return value, false
end

-- Whether a lease is its owner's, and whether somebody waits for the end of that.
local function owns(name, owner)
  local value, awaited = lease(name)
  if value == nil or value:sub(-#owner - 1) ~= ':' .. owner then
    return false, false
  end
  return true, awaited
end

-- Ends a lease if it is its owner's: whether it was, and whether somebody waits.
local function give_back(name, owner)
  local mine, awaited = owns(name, owner)
  if mine then
    redis.call('UNLINK', name)
  end
  return mine, awaited
end
