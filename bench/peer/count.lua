-- Checks a token and counts its use.
--
-- KEYS  token, counter
-- Returns the status to answer with.
local t = redis.call('HMGET', KEYS[1], 'state', 'expires', 'limit')
if not t[1] then
	return 404
end
if t[1] ~= 'enabled' then
	return 403
end
if tonumber(redis.call('TIME')[1]) >= tonumber(t[2]) then
	return 410
end
local limit = tonumber(t[3])
if limit > 0 and tonumber(redis.call('GET', KEYS[2]) or '0') >= limit then
	return 410
end
redis.call('INCR', KEYS[2])
return 204
