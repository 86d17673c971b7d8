-- Judges one presentation of a token and, where every rule holds, counts it.
-- It says no more than whether they all hold: why one does not, store.Judge
-- says, with the time and the counter that are returned.
--
-- KEYS  record, counter and, unless on a Cluster, the sequence
-- ARGV  1 any of the letters
--           c  count the use; else only look
--           o  the rules that only the gateway knows hold for the version that
--              it knows, so nothing is counted for another one
--           h  tokens with a limit are not counted
--           a  presented as a credential
--           j  with claims
--       2 id and 3 version of the record as the gateway knows it, or ""
--       4 the serial below which the counter of a token with a limit was set
--         back, if the id is 2
--       5 the sequence below which the database was set back
--       with claims: 6 rid, 7 end, 8 not before
--       and last: issuers
-- Returns the code, the time, and of a record that is kept: counter, serial,
-- id, version and, unless the gateway knows that version, record and data.
-- Behind "past" and the time stands the sequence.
local flags, id, version, floor, seen, rid, ends, start = unpack(ARGV, 1, 8)

local function flag(letter)
	return flags:find(letter, 1, true) ~= nil
end

local claims = flag('j')
local issuers = claims and 9 or 6

local time = redis.call('TIME')
local now = time[1] .. string.format('%06d', tonumber(time[2]))
local instant = tonumber(now)
local t = redis.call('HMGET', KEYS[1], 'id', 'v', 'on', 'max', 'end', 'adm', 'iss', 'rid')
if not t[1] then
	return {'unknown', now}
end
local c = redis.call('HMGET', KEYS[2], 'n', 's')
if not c[1] then
	return {'damaged', now}
end

local function over(at)
	return at ~= '' and instant >= tonumber(at)
end

local function meant()
	if #ARGV < issuers then
		return true
	end
	for i = issuers, #ARGV do
		if ARGV[i] == t[7] then
			return true
		end
	end
	return false
end

local limited = t[4] ~= '0'
local function allowed()
	if t[3] ~= '1' or (t[6] == '1' and not flag('a')) or not meant() or over(t[5]) then
		return false
	end
	if claims and (rid ~= t[8] or over(ends) or (start ~= '' and instant < tonumber(start))) then
		return false
	end
	return not limited or less(c[1], t[4])
end

local known = t[1] == id and t[2] == version
local function answer(code)
	if known then
		return {code, now, c[1], c[2], t[1], t[2]}
	end
	local r = redis.call('HMGET', KEYS[1], 'r', 'd')
	return {code, now, c[1], c[2], t[1], t[2], r[1], r[2]}
end

if limited and KEYS[3] and not flag('h') then
	local seq = redis.call('GET', KEYS[3]) or '0'
	if less(seq, seen) then
		return {'past', now, seq}
	end
end
if limited and t[1] == id and less(c[2], floor) then
	return answer('behind')
end
if flag('o') and not known then
	return answer('unread')
end
if not flag('c') or not allowed() then
	return answer('looked')
end
if limited and flag('h') then
	return answer('held')
end
c[1], c[2] = plus(c[1], '1'), plus(c[2], '1')
redis.call('HSET', KEYS[2], 'n', c[1], 's', c[2])
return answer('counted')
