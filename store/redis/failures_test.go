package redis_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// opened opens a store as a gateway does, with the usual patience.
func opened(t testing.TB, o redis.Options) *redis.Store {
	t.Helper()
	s, err := redis.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// A load uses one token from several goroutines until it is stopped.
type load struct {
	admitted, unknown, refused atomic.Int64
	last                       atomic.Pointer[string] // why a use is unknown
	stop                       context.CancelFunc
	all                        sync.WaitGroup
}

func startLoad(t testing.TB, workers int, link string, stores ...store.Store) *load {
	l := &load{}
	var ctx context.Context
	ctx, l.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	for i := range workers {
		s := stores[i%len(stores)]
		l.all.Go(func() {
			for ctx.Err() == nil {
				d, err := s.Use(context.WithoutCancel(ctx), attempt(link))
				switch {
				case errors.Is(err, store.ErrUnavailable):
					l.unknown.Add(1)
					text := err.Error()
					l.last.Store(&text)
					time.Sleep(time.Millisecond)
				case err != nil:
					t.Errorf("Use: %v", err)
				case d.Admitted():
					l.admitted.Add(1)
				default:
					l.refused.Add(1)
				}
			}
		})
	}
	t.Cleanup(l.end)
	return l
}

func (l *load) end() {
	l.stop()
	l.all.Wait()
}

// wait waits until some more uses were admitted.
func (l *load) wait(t testing.TB, more int64) {
	t.Helper()
	from := l.admitted.Load()
	defer func() {
		if last := l.last.Load(); t.Failed() && last != nil {
			t.Logf("the last failure of a use: %s", *last)
		}
	}()
	redistest.Eventually(t, "uses are admitted", func() bool { return l.admitted.Load() >= from+more })
}

func TestTwoGatewaysShareALimitExactly(t *testing.T) {
	t.Parallel()
	o := on(server(t).Addr)
	stores := []*redis.Store{mustOpen(t, o), mustOpen(t, o)}
	for range 5 {
		link := mustCreate(t, stores[0], 100)
		var admitted atomic.Int64
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				for range 50 {
					d, err := stores[i%2].Use(t.Context(), attempt(link))
					switch {
					case err != nil:
						t.Errorf("Use: %v", err)
					case d.Admitted():
						admitted.Add(1)
					case d.Reason != store.Exhausted:
						t.Errorf("got reason %q", d.Reason)
					}
				}
			})
		}
		all.Wait()
		if a, c := admitted.Load(), counterOf(t, stores[1], link); a != 100 || c != 100 {
			t.Fatalf("%d admitted, counter %d; want 100 of both", a, c)
		}
	}
}

func TestKilledServerLosesNoAdmittedUse(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	o := on(server.Addr)
	o.Timeout = 0
	stores := []*redis.Store{opened(t, o), opened(t, o)}
	link := mustCreate(t, stores[0], 1_000_000)
	l := startLoad(t, 16, link, stores[0], stores[1])
	for range 3 {
		l.wait(t, 200)
		server.Do(t, "BGREWRITEAOF")
		server.Kill(t)
		frozen := l.admitted.Load()
		time.Sleep(100 * time.Millisecond)
		if n := l.admitted.Load(); n > frozen+16 {
			t.Errorf("%d uses were admitted without a server", n-frozen)
		}
		server.Restart(t)
	}
	l.wait(t, 200)
	l.end()
	c := counterOf(t, stores[0], link)
	if a, u := l.admitted.Load(), l.unknown.Load(); c < a || c > a+u || l.refused.Load() > 0 {
		t.Fatalf("counter %d after %d admitted, %d unknown, %d refused", c, a, u, l.refused.Load())
	}
	if r := stores[0].Rollback(); r != nil {
		t.Fatalf("a kill was taken for a rollback: %s", r.Why)
	}
}

// TestStoppedServerFailsFast stops the process, so that connections stay open
// and nothing is answered. It does not run beside others, whose goroutines
// would be counted.
func TestStoppedServerFailsFast(t *testing.T) {
	server := redistest.Start(t, redistest.Durable()...)
	o := on(server.Addr)
	o.Timeout = 0
	s := opened(t, o)
	limited, free := mustCreate(t, s, 1_000_000), mustCreate(t, s, store.NoLimit)
	followed(t, s, free)
	l := startLoad(t, 50, limited, s)
	l.wait(t, 100)
	server.Stop(t)
	redistest.Eventually(t, "the store knows that the server is away", func() bool {
		return errors.Is(s.Health(t.Context()), store.ErrUnavailable)
	})
	frozen, before := l.admitted.Load(), runtime.NumGoroutine()
	for range 100 {
		for _, link := range []string{limited, free} {
			if _, err := s.Use(t.Context(), attempt(link)); !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("got error %v without a server", err)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := l.admitted.Load(); n != frozen {
		t.Errorf("%d uses were admitted by a stopped server", n-frozen)
	}
	if n := runtime.NumGoroutine(); n > before+200 {
		t.Errorf("%d goroutines have piled up", n-before)
	}
	server.Cont(t)
	l.wait(t, 100)
	l.end()
	c := counterOf(t, s, limited)
	if a, u := l.admitted.Load(), l.unknown.Load(); c < a || c > a+u {
		t.Fatalf("counter %d after %d admitted, %d unknown", c, a, u)
	}
	followed(t, s, free)
}

// TestLateAnswersAreSpentOnce holds back what the server answers: each use is
// counted at most once, and none is admitted.
func TestLateAnswersAreSpentOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	direct := mustOpen(t, on(server.Addr))
	proxy := redistest.NewProxy(t, server.Addr)
	o := optionsOf(direct)
	o.Addresses, o.Timeout = []string{proxy.Addr}, 50*time.Millisecond
	s := mustOpen(t, o)
	link := mustCreate(t, s, 1000)
	var admitted, unknown int64
	for n := range 100 {
		proxy.Hold(n >= 40 && n < 60)
		before := counterOf(t, direct, link)
		d, err := s.Use(t.Context(), attempt(link))
		switch {
		case err == nil && d.Admitted():
			admitted++
		case errors.Is(err, store.ErrUnavailable):
			unknown++
		default:
			t.Fatalf("got reason %q, error %v", d.Reason, err)
		}
		if after := counterOf(t, direct, link); after > before+1 || err == nil && after != before+1 {
			t.Fatalf("one use raised the counter from %d to %d, error %v", before, after, err)
		}
	}
	if admitted < 40 || unknown < 20 {
		t.Fatalf("%d admitted, %d unknown", admitted, unknown)
	}
	redistest.Eventually(t, "the counter stands", func() bool { return counterOf(t, direct, link) >= admitted })
	if c := counterOf(t, direct, link); c > admitted+unknown {
		t.Fatalf("counter %d after %d admitted, %d unknown", c, admitted, unknown)
	}
}

// TestLostAnswerToAnAdditionAddsOnce loses what the server says to the uses of
// a token without a limit: they are sent again, and added once.
func TestLostAnswerToAnAdditionAddsOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	proxy := redistest.NewProxy(t, server.Addr)
	o := on(proxy.Addr)
	s := mustOpen(t, o)
	link := mustCreate(t, s, store.NoLimit)
	followed(t, s, link)
	if n := counterOf(t, s, link); n != 3 { // the server knows the script by then
		t.Fatalf("got counter %d, want 3", n)
	}
	proxy.Hold(true)
	for range 10 {
		mustUse(t, s, link, store.Admitted)
	}
	redistest.Eventually(t, "the server has added the uses", func() bool {
		return server.Do(t, "HGET", o.Prefix+"c:{"+link+"}", "n") == "13"
	})
	proxy.Cut()
	proxy.Hold(false)
	redistest.Eventually(t, "the uses are added", func() bool {
		r, err := s.Get(t.Context(), link)
		return err == nil && r.Counter >= 13
	})
	if n := counterOf(t, s, link); n != 13 {
		t.Fatalf("got counter %d, want 13", n)
	}
}

func TestFullServerAdmitsNobody(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Durable()...)
	s := mustOpen(t, on(server.Addr))
	link := mustCreate(t, s, 10)
	mustUse(t, s, link, store.Admitted)
	server.Do(t, "CONFIG", "SET", "maxmemory", "1")
	if _, err := s.Use(t.Context(), attempt(link)); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("Use: got error %v", err)
	}
	if err := s.Health(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("Health: got error %v", err)
	}
	if d, err := s.Peek(t.Context(), attempt(link)); err != nil || !d.Admitted() {
		t.Fatalf("Peek: got %q, %v", d.Reason, err)
	}
	server.Do(t, "CONFIG", "SET", "maxmemory", "0")
	if d := mustUse(t, s, link, store.Admitted); d.Counter != 2 {
		t.Fatalf("got counter %d, want 2", d.Counter)
	}
}

func TestServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Kill(t)
	for name, o := range map[string]redis.Options{
		"one":       {Addresses: []string{server.Addr}},
		"Cluster":   {Addresses: []string{server.Addr}, Cluster: true},
		"Sentinels": {Addresses: []string{server.Addr}, Sentinel: "main"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Timeout = 200 * time.Millisecond
			if _, err := redis.Open(t.Context(), o); !errors.Is(err, store.ErrUnavailable) {
				t.Fatalf("got error %v", err)
			}
		})
	}
}
