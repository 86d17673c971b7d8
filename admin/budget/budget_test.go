package budget

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

var start = time.Unix(1_800_000_000, 0)

func TestExactlyTheLimitOfFailuresIsAllowedInAWindow(t *testing.T) {
	t.Parallel()
	b := New(3, time.Minute)
	at := start
	for round := range 3 {
		for i := range 3 {
			if _, spent := b.Spent("a", at); spent {
				t.Fatalf("round %d: spent after %d failures", round, i)
			}
			b.Fail("a", at)
			at = at.Add(10 * time.Second)
		}
		for ; at.Before(start.Add(time.Duration(round+1) * time.Minute)); at = at.Add(10 * time.Second) {
			wait, spent := b.Spent("a", at)
			if want := start.Add(time.Duration(round+1) * time.Minute).Sub(at); !spent || wait != want {
				t.Fatalf("round %d at %v: wait %v, spent %v; want %v", round, at.Sub(start), wait, spent, want)
			}
			b.Fail("a", at) // a failure in spite of it does not make the wait longer
		}
	}
}

func TestClientsDoNotPayForOneAnother(t *testing.T) {
	t.Parallel()
	b := New(1, time.Minute)
	b.Fail("a", start)
	if _, spent := b.Spent("a", start); !spent {
		t.Error("a is not spent")
	}
	if _, spent := b.Spent("b", start); spent {
		t.Error("b is spent")
	}
}

func TestAClockThatIsSetBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	b := New(1, time.Minute)
	b.Fail("a", start)
	if _, spent := b.Spent("a", start.Add(-time.Hour)); spent {
		t.Error("spent an hour before the failure")
	}
}

func TestALimitOfZeroAllowsNothing(t *testing.T) {
	t.Parallel()
	if wait, spent := New(0, time.Minute).Spent("a", start); !spent || wait != time.Minute {
		t.Errorf("wait %v, spent %v", wait, spent)
	}
}

func TestMemoryIsBoundedAndWindowsThatAreOverGoFirst(t *testing.T) {
	t.Parallel()
	b := New(1, time.Minute)
	for i := range maxClients - 1 {
		b.Fail(fmt.Sprint("old ", i), start)
	}
	b.Fail("late", start.Add(50*time.Second))
	at := start.Add(70 * time.Second) // all windows are over but the last one
	for i := range 1000 {
		b.Fail(fmt.Sprint("new ", i), at)
	}
	if len(b.clients) > maxClients {
		t.Errorf("%d clients", len(b.clients))
	}
	lost := 0
	for i := range 1000 {
		if _, spent := b.Spent(fmt.Sprint("new ", i), at); !spent {
			lost++
		}
	}
	// Among so many windows that are over, a look at a few finds one.
	if _, spent := b.Spent("late", at); !spent || lost > 0 {
		t.Errorf("late is spent: %v; %d others are forgotten", spent, lost)
	}
	for i := range maxClients {
		b.Fail(fmt.Sprint("flood ", i), at)
	}
	if len(b.clients) > maxClients {
		t.Errorf("%d clients after a flood within one window", len(b.clients))
	}
}

func TestOneBudgetForManyAtOnce(t *testing.T) {
	t.Parallel()
	b := New(1000, time.Minute)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 100 {
				b.Spent("a", start)
				b.Fail("a", start)
			}
		})
	}
	wg.Wait()
	if _, spent := b.Spent("a", start); !spent {
		t.Error("failures were lost")
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::": "2001:db8:1:2::/64", "2001:DB8:1:2::1": "2001:db8:1:2::/64",
		"2001:db8:1:3::1": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "::1": "::/64",
		"@": "@", "": "", "192.0.2.7:80": "192.0.2.7:80", "not an address": "not an address",
	} {
		if got := Key(ip); got != want {
			t.Errorf("%s is %s, want %s", ip, got, want)
		}
	}
}

func BenchmarkSpentOfNobody(b *testing.B) {
	budget := New(100, time.Minute)
	budget.Fail("somebody", start)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			budget.Spent("nobody", start)
		}
	})
}
