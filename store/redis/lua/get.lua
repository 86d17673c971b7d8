-- KEYS  record, counter
-- Returns record, data, counter, id, version; the first is nil where there is
-- no record.
local t = redis.call('HMGET', KEYS[1], 'r', 'd', 'id', 'v')
return {t[1], t[2], redis.call('HGET', KEYS[2], 'n'), t[3], t[4]}
