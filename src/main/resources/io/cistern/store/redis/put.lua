-- Invalidates a key and stores a value under it.
--   KEYS[4]  the entry
--   KEYS[5]  its lease, which ends
--   ARGV[4]  how many members each set keeps at most
--   ARGV[5]  the key's member
--   ARGV[6]  for how many milliseconds the entry is stored
--   ARGV[7]  its record, in which the position is replaced; empty: nothing is stored
-- Returns g and v.

-- The record's position: 8 bytes of generation, 8 of version, from this many bytes on.
local OFFSET = 4

local o = invalidate('', {}, { ARGV[5] }, tonumber(ARGV[4]))
redis.call('UNLINK', KEYS[5])
local record = ARGV[7]
if record == '' then
  redis.call('UNLINK', KEYS[4])
else
  local generation = o.g:gsub('%x%x', function(hex)
    return string.char(tonumber(hex, 16))
  end)
  local position = generation .. struct.pack('>I8', o.v)
  redis.call('SET', KEYS[4], record:sub(1, OFFSET) .. position .. record:sub(OFFSET + 17),
    'PX', ARGV[6])
  note(creation(record), o.v)
end
return { o.g, o.v }
