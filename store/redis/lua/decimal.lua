-- Arithmetic on decimal digits: a number of Lua is exact to 2^53 only, a counter
-- to 2^63-1, where it stays.
local most = '9223372036854775807'

local function less(a, b)
	return #a < #b or (#a == #b and a < b)
end

local function plus(a, b)
	local sum, carry = '', 0
	for i = 1, math.max(#a, #b) do
		local digit = (tonumber(a:sub(-i, -i)) or 0) + (tonumber(b:sub(-i, -i)) or 0) + carry
		sum, carry = (digit % 10) .. sum, digit > 9 and 1 or 0
	end
	if carry > 0 then
		sum = carry .. sum
	end
	if less(most, sum) then
		return most
	end
	return sum
end

-- n is above zero
local function minusOne(n)
	local head, zeros = n:match('^(%d-)(0*)$')
	local rest = head:sub(1, -2) .. (tonumber(head:sub(-1)) - 1) .. string.rep('9', #zeros)
	return (rest:gsub('^0+(%d)', '%1'))
end
