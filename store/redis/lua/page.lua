-- Reads one page of a list, with its records.
--
-- KEYS  the list of plain records and, where they are wanted, that of admins
-- ARGV  1 prefix of a record, 2 prefix of a counter, 3 where the list begins,
--       in the words of ZLEXCOUNT, 4 records to skip from there, 5 most records
-- Returns the total, "1" where the list goes on, and for each record: member,
-- record, data, counter.
local start, skip, limit = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local plain, admins = KEYS[1], KEYS[2]

local function size(key, from, to)
	return key and redis.call('ZLEXCOUNT', key, from, to) or 0
end

local function members(key, first, many)
	return key and many > 0 and redis.call('ZRANGE', key, first, first + many - 1) or {}
end

local p0 = size(plain, '-', '+') - size(plain, start, '+')
local a0 = size(admins, '-', '+') - size(admins, start, '+')
local total = size(plain, '-', '+') + size(admins, '-', '+')

-- How many of the skipped ones are admins: each of them lies behind those
-- before it and behind the plain ones that are smaller.
local low, high = 0, math.min(skip, size(admins, start, '+'))
while low < high do
	local middle = math.floor((low + high) / 2)
	local member = members(admins, a0 + middle, 1)[1]
	if middle + size(plain, '-', '(' .. member) - p0 < skip then
		low = middle + 1
	else
		high = middle
	end
end

local ps = members(plain, p0 + skip - low, limit + 1)
local as = members(admins, a0 + low, limit + 1)
local out, p, a = {total, '0'}, 1, 1
for _ = 1, limit do
	local member
	if ps[p] and not (as[a] and as[a] < ps[p]) then
		member, p = ps[p], p + 1
	else
		member, a = as[a], a + 1
	end
	if not member then
		break
	end
	local link = '{' .. member:sub(17) .. '}'
	local t = redis.call('HMGET', ARGV[1] .. link, 'r', 'd')
	out[#out + 1] = {member, t[1], t[2], redis.call('HGET', ARGV[2] .. link, 'n')}
end
if ps[p] or as[a] then
	out[2] = '1'
end
return out
