-- KEYS  vault
-- ARGV  1 name, 2 value
-- Returns what is kept under the name: the first value wins.
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return {redis.call('HGET', KEYS[1], ARGV[1])}
