package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
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

func TestWhatAGatewayCostsAtRestIsTakenOff(t *testing.T) {
	t.Parallel()
	info := func(cpu, log string, took time.Duration) redisInfo {
		return redisInfo{texts: map[string]string{"used_cpu_user": cpu, "aof_current_size": log}, scriptsTook: took}
	}
	before := reading{flow: flow{trips: 10, up: 100, down: 1000}, info: info("1", "50", time.Millisecond)}
	after := reading{flow: flow{trips: 30, up: 2100, down: 5000}, info: info("1.002", "250", 3*time.Millisecond)}
	rest := unitCost{trips: 8, up: 200, down: 400, cpu: 400 * time.Microsecond, script: 40 * time.Microsecond, log: 20}
	// 10 uses in half a second
	got := after.since(before, 10).less(rest, 0.05)
	want := unitCost{
		trips: 2 - 0.4, up: 200 - 10, down: 400 - 20, log: 20 - 1,
		cpu: 180 * time.Microsecond, script: 198 * time.Microsecond,
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	nearly := cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() < time.Microsecond })
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(unitCost{}), near, nearly); diff != "" {
		t.Error(diff)
	}
}

// sampleCosts are figures that one can reckon with by hand.
func sampleCosts() *costFigures {
	units := make([]namedCost, 5)
	units[unitLimited] = namedCost{"limited", unitCost{trips: 1, up: 250, down: 100, cpu: 100 * time.Microsecond}}
	units[unitAddition] = namedCost{"an addition", unitCost{up: 500, down: 50}}
	loads := make([]loadCost, 4)
	loads[loadLimited] = loadCost{name: "limited", callers: 64, rate: 12000, cpu: 20 * time.Microsecond, busy: 0.24}
	loads[loadAdditions] = loadCost{name: "additions", callers: 64, rate: 20000, cpu: 10 * time.Microsecond, busy: 0.2}
	for i := range loads {
		loads[i].cpu = max(loads[i].cpu, time.Microsecond)
	}
	return &costFigures{
		version: "7.0.15", cpus: 2, disk: true,
		memory: []memoryCost{{setting: "hash-max-listpack-value 64", all: 2000, lists: 320, resident: 2100, log: 850}},
		rest:   unitCost{trips: 9, up: 1000, down: 500, cpu: 4 * time.Millisecond},
		units:  units, loads: loads,
		mixed: mixedCost{limited: 10000, additions: 5000, reckoned: 0.25, measured: 0.3},
		slots: slotLoad{links: 1 << 22, slots: clusterSlots, most: 1.25},
	}
}

func TestARackIsReckonedFromItsParts(t *testing.T) {
	t.Parallel()
	f := sampleCosts()
	got := f.rack(8)
	// 40000 uses with a limit, 16000 additions and 8 gateways at rest
	want := rackLoad{
		gateways: 8, uses: 80_000, additions: 16_000,
		core: 0.8 + 0.16 + 0.008, primaries: 3,
		up: 8 * (40_000*250 + 16_000*500 + 8*1000), down: 8 * (40_000*100 + 16_000*50 + 8*500),
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(rackLoad{}), near); diff != "" {
		t.Error(diff)
	}
	// 640000 uses of 20 µs are 12.8 cores, which are 70 % full: 18.3
	if got := f.rack(64).primaries; got != 19 {
		t.Errorf("64 gateways need %d primaries, want 19", got)
	}
}

func TestNodesAreEnoughForTheMemoryAndAPowerOfTwo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		links, bytes float64
		want         int
	}{
		"few":             {1e6, 2000, 4},
		"a billion":       {1e9, 2000, 64}, // 2 TB over 48 GB each are 41.6
		"just four":       {4 * nodeMemory * full, 1, 4},
		"a little more":   {4*nodeMemory*full + 1000, 1, 8},
		"a smaller token": {1e9, 1000, 32},
	} {
		if got := nodes(c.links, c.bytes); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestTheCostsAreTables(t *testing.T) {
	t.Parallel()
	var text, markdown strings.Builder
	sampleCosts().print(&text, false)
	sampleCosts().print(&markdown, true)
	for _, want := range []string{
		"Redis 7.0.15, appendfsync always, 2 CPUs",
		"| limited | 1.00 | 250 | 100 | 0 | 100.0 µs | 0.0 µs |",
		"| a gateway at rest, each second | 9.00 | 1000 | 500 | 0 | 1000.0 µs | 0.0 µs |",
		"| limited | 64 | 12000 | 20.0 µs | 0.24 | 50000/s |",
		"| 10000 | 5000 | 0.250 | 0.300 | 1.20 |",
		"| hash-max-listpack-value 64 | 2000 | 320 | 2100 | 850 | 2000 GB | 64 | 1.00059 | 20.0 GB |",
		"| 4194304, as the API draws them | 1.2500 | 1.2577 |", "| 10^9 | - | 1.0161 |",
		"| 8 | 80000 | 16000 | 144 | 38 | 0.97: too much | 3 |",
	} {
		if !strings.Contains(markdown.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &markdown)
		}
	}
	if strings.Contains(text.String(), "|") || !strings.Contains(text.String(), "0.97: too much") {
		t.Errorf("the text is\n%s", &text)
	}
}

func TestACostOnADiskInMemorySaysSo(t *testing.T) {
	t.Parallel()
	f := sampleCosts()
	f.disk = false
	var out strings.Builder
	f.print(&out, false)
	if !strings.Contains(out.String(), "in memory, where syncs are free") {
		t.Errorf("got\n%s", &out)
	}
}

// costBenchFor starts a Redis with stores for a test.
func costBenchFor(t *testing.T) *costBench {
	t.Helper()
	needRedis(t)
	c, err := startCost(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, c.close()) })
	return c
}

func TestAUseWithALimitIsOneScriptAndOneRoundTrip(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	links, err := c.make(t.Context(), 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	before, err := c.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.measureUnit(t.Context(), links, unitCost{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := after.info.scripts - before.info.scripts; n != 50 || u.trips < 1 || u.up < 32 || u.down < 32 || u.log <= 0 {
		t.Errorf("%d scripts for 50 uses, each with %+v", n, u)
	}
	if _, err := c.measureUnit(t.Context(), links, unitCost{}); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("what is refused is no use: %v", err)
	}
}

func TestALoadThatUsesEachTokenOnceDoesSo(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	links, err := c.make(t.Context(), 1500, 1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := load{stores: c.loaded[:], links: links, callers: 8, once: true}.run(t.Context())
	if err != nil || n != 1500 {
		t.Errorf("%d uses, %v", n, err)
	}
	for _, link := range links {
		if r, err := c.maker.Get(t.Context(), link); err != nil || r.Counter != 1 {
			t.Fatalf("a token was used %d times, %v", r.Counter, err)
		}
	}
}

func TestTokensAreWeighed(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	before, err := c.redis.weigh(t.Context(), "linkgate:l:*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.make(t.Context(), 2500, store.NoLimit); err != nil {
		t.Fatal(err)
	}
	after, err := c.redis.weigh(t.Context(), "linkgate:l:*")
	if err != nil || after-before < 2500*48*2 { // on two lists each, by time and link
		t.Errorf("the lists grew by %d bytes, %v", after-before, err)
	}
}
