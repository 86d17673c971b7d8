-- Starts a new epoch. Gateways that know one of those before it follow.
--
-- KEYS  epoch
-- ARGV  1 its id, 2 the one that the gateway knows
-- Returns the ids of the epochs before it, the latest first.
local now = redis.call('HMGET', KEYS[1], 'id', 'prev', 'had')
local before = {}
for id in ((now[1] or '') .. ' ' .. ARGV[2] .. ' ' .. (now[3] or '') .. ' ' .. (now[2] or '')):gmatch('%S+') do
	if #before < 8 and not before[id] then
		before[#before + 1], before[id] = id, true
	end
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'prev', table.concat(before, ' '), 'format', '1')
redis.call('HDEL', KEYS[1], 'back', 'had')
return before
