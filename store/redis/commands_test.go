package redis_test

import (
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// commands counts the commands that a server was sent, by name; those that
// scripts run are among them, those with which a connection begins are not.
func commands(t testing.TB, server *redistest.Server) map[string]int {
	t.Helper()
	out := map[string]int{}
	for line := range strings.Lines(server.Do(t, "INFO", "commandstats")) {
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if !ok || name == "info" || name == "hello" || strings.HasPrefix(name, "client") {
			continue
		}
		calls, _, _ := strings.Cut(rest, ",")
		out[name], _ = strconv.Atoi(calls)
	}
	return out
}

// sentBy are the commands that the server was sent while do ran.
func sentBy(t testing.TB, server *redistest.Server, do func()) map[string]int {
	t.Helper()
	before := commands(t, server)
	do()
	after := commands(t, server)
	maps.DeleteFunc(after, func(name string, n int) bool { return n == before[name] })
	for name := range after {
		after[name] -= before[name]
	}
	return after
}

func wantSent(t testing.TB, server *redistest.Server, want map[string]int, do func()) {
	t.Helper()
	if diff := cmp.Diff(want, sentBy(t, server, do)); diff != "" {
		t.Fatalf("commands (-want +got):\n%s", diff)
	}
}

// still opens a store that sends nothing but what a call makes it send.
func still(t testing.TB, server *redistest.Server) *redis.Store {
	t.Helper()
	s, err := redis.OpenStill(t.Context(), on(server.Addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestUseWithoutALimitSendsNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := still(t, server)
	link := mustCreate(t, s, store.NoLimit)
	followed(t, s, link)
	wantSent(t, server, map[string]int{}, func() {
		for range 1000 {
			mustUse(t, s, link, store.Admitted)
		}
		if d, err := s.Peek(t.Context(), attempt(link)); err != nil || d.Counter != 1003 {
			t.Fatalf("Peek: counter %d, error %v", d.Counter, err)
		}
	})
	if n := counterOf(t, s, link); n != 1003 {
		t.Fatalf("got counter %d, want 1003", n)
	}
}

// TestUseWithoutALimitAllocatesNothing does not run beside others, whose
// allocations would be counted.
func TestUseWithoutALimitAllocatesNothing(t *testing.T) {
	s := still(t, server(t))
	link := mustCreate(t, s, store.NoLimit)
	followed(t, s, link)
	ctx, a := t.Context(), attempt(link)
	n := testing.AllocsPerRun(1000, func() {
		if d, err := s.Use(ctx, a); err != nil || !d.Admitted() {
			t.Fatalf("Use: %q, %v", d.Reason, err)
		}
	})
	if n > 0 {
		t.Errorf("a use makes %v allocations", n)
	}
}

func TestUseWithALimitSendsOneScript(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := still(t, server)
	warm, cold := mustCreate(t, s, 10), mustCreate(t, s, 10)
	mustUse(t, s, warm, store.Admitted)
	// What a script does is counted too: the sequence, the record
	// and its counter, the time.
	wantSent(t, server, map[string]int{"evalsha": 1, "get": 1, "hmget": 2, "time": 1, "hset": 1}, func() {
		mustUse(t, s, warm, store.Admitted)
	})
	wantSent(t, server, map[string]int{"evalsha": 1, "get": 1, "hmget": 3, "time": 1, "hset": 1}, func() {
		mustUse(t, s, cold, store.Admitted)
	})
}

func TestScriptThatIsNotThereIsSentOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := still(t, server)
	link := mustCreate(t, s, 10)
	mustUse(t, s, link, store.Admitted)
	server.Do(t, "SCRIPT", "FLUSH")
	if d := mustUse(t, s, link, store.Admitted); d.Counter != 2 {
		t.Fatalf("got counter %d, want 2", d.Counter)
	}
}
