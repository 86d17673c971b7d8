-- Forgets a record and its counter, if the record is of the version that was
-- judged.
--
-- KEYS  record, counter and, where lists are kept in the same step, the two
--       lists it is on
-- ARGV  1 id, 2 version, 3 member of the lists
-- Returns "gone", "changed" or "done".
local t = redis.call('HMGET', KEYS[1], 'id', 'v')
if not t[1] then
	return {'gone'}
end
if t[1] ~= ARGV[1] or (ARGV[2] ~= '' and t[2] ~= ARGV[2]) then
	return {'changed'}
end
for i = 3, #KEYS do
	redis.call('ZREM', KEYS[i], ARGV[3])
end
redis.call('DEL', KEYS[1], KEYS[2])
return {'done'}
