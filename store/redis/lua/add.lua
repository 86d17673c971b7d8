-- Adds the uses of a token without a limit that a gateway has counted, once.
--
-- KEYS  record, counter
-- ARGV  1 id, 2 number of uses, 3 name of this addition
-- Returns counter and serial, or nothing where it is not that token any more.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
	return {}
end
local c = redis.call('HMGET', KEYS[2], 'n', 's', 'w')
if not c[1] or c[3] == ARGV[3] then
	return {c[1], c[2]}
end
c[1], c[2] = plus(c[1], ARGV[2]), plus(c[2], '1')
redis.call('HSET', KEYS[2], 'n', c[1], 's', c[2], 'w', ARGV[3])
return {c[1], c[2]}
