package main

import (
	"testing"
	"time"
)

func TestTheFiguresOfARedisAreRead(t *testing.T) {
	t.Parallel()
	i := parseInfo("# Server\r\nredis_version:7.0.15\r\n\r\nused_cpu_sys:0.250000\r\nused_cpu_user:1.500000\r\n" +
		"cmdstat_evalsha:calls=3,usec=45,usec_per_call=15.00,rejected_calls=0,failed_calls=0\r\ncmdstat_eval:calls=9,usec=900\r\n")
	if i.texts["redis_version"] != "7.0.15" || i.cpu() != 1750*time.Millisecond || i.scripts != 3 || i.scriptsTook != 45*time.Microsecond {
		t.Errorf("got %+v, CPU %s", i, i.cpu())
	}
	if n := i.number("absent") + i.number("redis_version"); n != 0 {
		t.Errorf("what is no number is %v", n)
	}
	if fresh := parseInfo(""); fresh.scripts != 0 || fresh.scriptsTook != 0 {
		t.Errorf("a server that has done nothing: %+v", fresh)
	}
}
