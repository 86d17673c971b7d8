-- Keeps what a gateway has noticed, unless a new epoch has begun meanwhile.
--
-- KEYS  epoch
-- ARGV  1 the id that was found, or ""; 2 the id that the gateway knows, for
--       those that still know it when a new epoch begins; 3 what was noticed
if (redis.call('HGET', KEYS[1], 'id') or '') ~= ARGV[1] then
	return {}
end
redis.call('HSETNX', KEYS[1], 'had', ARGV[2])
redis.call('HSETNX', KEYS[1], 'back', ARGV[3])
return {'1'}
