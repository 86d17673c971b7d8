-- Gives a database that is new its first epoch.
--
-- KEYS  epoch
-- ARGV  1 its id
-- Returns the id and the format of what is there.
if redis.call('EXISTS', KEYS[1]) == 0 then
	redis.call('HSET', KEYS[1], 'id', ARGV[1], 'prev', '', 'format', '1')
end
return redis.call('HMGET', KEYS[1], 'id', 'format')
