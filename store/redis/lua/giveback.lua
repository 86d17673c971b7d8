-- Takes one use back, if the token is still the one that was charged.
--
-- KEYS  record, counter
-- ARGV  1 UUID, 2 position
-- Returns id, counter and serial, or nothing where it is another token.
local t = redis.call('HMGET', KEYS[1], 'id', 'uid', 'pos')
if t[2] ~= ARGV[1] or t[3] ~= ARGV[2] then
	return {}
end
local c = redis.call('HMGET', KEYS[2], 'n', 's')
if c[1] and c[1] ~= '0' and c[1] ~= most then
	c[1], c[2] = minusOne(c[1]), plus(c[2], '1')
	redis.call('HSET', KEYS[2], 'n', c[1], 's', c[2])
end
return {t[1], c[1], c[2]}
