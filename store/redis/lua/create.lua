-- Keeps new records, all of them or none.
--
-- KEYS  for each record: record, counter and, where lists are kept in the same
--       step, the two lists
-- ARGV  1 keys of a record, 2 arguments of a record, then for each record: the
--       counter, the member of its lists, and the fields of the record
-- Returns {0}, or the place of a record whose link is kept already, from 1 on.
local step, width = tonumber(ARGV[1]), tonumber(ARGV[2])
local records = #KEYS / step
for i = 0, records - 1 do
	if redis.call('EXISTS', KEYS[i * step + 1], KEYS[i * step + 2]) > 0 then
		return {i + 1}
	end
end
for i = 0, records - 1 do
	local key, from = i * step, 2 + i * width
	redis.call('HSET', KEYS[key + 2], 'n', ARGV[from + 1], 's', '0')
	for list = key + 3, key + step do
		redis.call('ZADD', KEYS[list], 0, ARGV[from + 2])
	end
	redis.call('HSET', KEYS[key + 1], unpack(ARGV, from + 3, from + width))
end
return {0}
