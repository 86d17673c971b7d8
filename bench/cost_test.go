package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
