-- Puts a new version of a record in the place of the one that it was made from.
--
-- KEYS  record, counter and, where lists are kept in the same step, the two
--       lists it was on and the two lists it goes to
-- ARGV  1 id, 2 version it was made from, 3 member of the lists, and the fields
-- Returns "gone", "changed", or "done" with the counter.
local t = redis.call('HMGET', KEYS[1], 'id', 'v')
if not t[1] then
	return {'gone'}
end
if t[1] ~= ARGV[1] or t[2] ~= ARGV[2] then
	return {'changed'}
end
for i = 3, #KEYS do
	if i < 5 then
		redis.call('ZREM', KEYS[i], ARGV[3])
	else
		redis.call('ZADD', KEYS[i], 0, ARGV[3])
	end
end
redis.call('HSET', KEYS[1], 'v', plus(t[2], '1'), unpack(ARGV, 4))
return {'done', redis.call('HGET', KEYS[2], 'n')}
