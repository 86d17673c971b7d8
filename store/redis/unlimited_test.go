package redis_test

import (
	"sync"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/redis/redistest"
)

// followed uses a token without a limit until the store judges it alone.
func followed(t testing.TB, s store.Store, link string) {
	t.Helper()
	for range 3 {
		mustUse(t, s, link, store.Admitted)
	}
}

func TestChangeOnAnotherGatewayHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(s store.Store, link string) error
		want   store.Reason
	}{
		"a token that is switched off": {func(s store.Store, link string) error {
			_, err := s.Update(t.Context(), link, func(t *store.Token) error { t.State = store.Disabled; return nil })
			return err
		}, store.SwitchedOff},
		"a token that gets a limit": {func(s store.Store, link string) error {
			_, err := s.Update(t.Context(), link, func(t *store.Token) error { t.Limit = 1; return nil })
			return err
		}, store.Exhausted},
		"a token that is deleted": {func(s store.Store, link string) error {
			return s.Delete(t.Context(), link)
		}, store.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := on(server(t).Addr)
			here, there := mustOpen(t, o), mustOpen(t, o)
			link := mustCreate(t, here, store.NoLimit)
			followed(t, here, link)
			if err := c.change(there, link); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			for {
				d := mustDecide(t, here, link)
				if d.Reason == c.want {
					return
				}
				if time.Since(begin) > time.Second {
					t.Fatalf("after %s: got reason %q", time.Since(begin), d.Reason)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}

func TestUsesOfTwoGatewaysAddUp(t *testing.T) {
	t.Parallel()
	o := on(server(t).Addr)
	here, there := mustOpen(t, o), mustOpen(t, o)
	link := mustCreate(t, here, store.NoLimit)
	var all sync.WaitGroup
	for _, s := range []store.Store{here, there} {
		for range 4 {
			all.Go(func() {
				for range 250 {
					if d, err := s.Use(t.Context(), attempt(link)); err != nil || !d.Admitted() {
						t.Errorf("Use: %q, %v", d.Reason, err)
					}
				}
			})
		}
	}
	all.Wait()
	redistest.Eventually(t, "all uses are counted", func() bool { return counterOf(t, here, link) == 2000 })
	if n := counterOf(t, there, link); n != 2000 {
		t.Fatalf("got counter %d, want 2000", n)
	}
}

func TestGracefulStopLosesNoUse(t *testing.T) {
	t.Parallel()
	s := still(t, server(t))
	link := mustCreate(t, s, store.NoLimit)
	followed(t, s, link)
	for range 100 {
		mustUse(t, s, link, store.Admitted)
	}
	next := mustReopen(t, s)
	if n := counterOf(t, next, link); n != 103 {
		t.Fatalf("got counter %d, want 103", n)
	}
}

// TestUsesOfADeletedTokenAreNotAddedToTheNextOne lets a link be made again
// while uses of the old token wait to be added.
func TestUsesOfADeletedTokenAreNotAddedToTheNextOne(t *testing.T) {
	t.Parallel()
	server := server(t)
	here := still(t, server)
	there := mustOpen(t, optionsOf(here))
	link := mustCreate(t, here, store.NoLimit)
	followed(t, here, link)
	mustUse(t, here, link, store.Admitted)
	if err := there.Delete(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	token := newToken(store.NoLimit)
	token.Link = link
	if err := there.Create(t.Context(), store.Record{Token: token, Counter: 7}); err != nil {
		t.Fatal(err)
	}
	if n := counterOf(t, here, link); n != 7 {
		t.Fatalf("got counter %d, want 7", n)
	}
}

// behindAProxy are two gateways of one server, and the proxy that stands between
// it and the first of them.
func behindAProxy(t *testing.T) (proxy *redistest.Proxy, here, there store.Store) {
	t.Helper()
	server := redistest.Start(t, redistest.Durable()...)
	proxy = redistest.NewProxy(t, server.Addr)
	o := on(proxy.Addr)
	here = mustOpen(t, o)
	o.Addresses = []string{server.Addr}
	return proxy, here, mustOpen(t, o)
}

// TestCacheIsDroppedWithItsConnection changes a token while the connection on
// which that would be told is gone.
func TestCacheIsDroppedWithItsConnection(t *testing.T) {
	t.Parallel()
	proxy, here, there := behindAProxy(t)
	for range 20 {
		link := mustCreate(t, there, store.NoLimit)
		redistest.Eventually(t, "the gateway is connected", func() bool { return here.Health(t.Context()) == nil })
		followed(t, here, link)
		proxy.Cut()
		if _, err := there.Update(t.Context(), link, func(t *store.Token) error { t.State = store.Disabled; return nil }); err != nil {
			t.Fatal(err)
		}
		var d store.Decision
		redistest.Eventually(t, "the change is seen", func() bool {
			var err error
			d, err = here.Use(t.Context(), attempt(link))
			return err == nil && d.Reason == store.SwitchedOff
		})
	}
}

// TestRecordThatChangesWhileItIsReadIsNotBelieved changes a token between the
// server's reading of it and the arrival of what was read.
func TestRecordThatChangesWhileItIsReadIsNotBelieved(t *testing.T) {
	t.Parallel()
	proxy, here, there := behindAProxy(t)
	for range 20 {
		link := mustCreate(t, there, store.NoLimit)
		mustUse(t, here, link, store.Admitted)
		proxy.Hold(true)
		used := make(chan error)
		go func() {
			_, err := here.Use(t.Context(), attempt(link))
			used <- err
		}()
		time.Sleep(5 * time.Millisecond)
		if _, err := there.Update(t.Context(), link, func(t *store.Token) error { t.State = store.Disabled; return nil }); err != nil {
			t.Fatal(err)
		}
		proxy.Hold(false)
		if err := <-used; err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for mustDecide(t, here, link).Reason != store.SwitchedOff {
			if time.Since(begin) > time.Second {
				t.Fatal("the change is never seen")
			}
		}
	}
}

func mustDecide(t testing.TB, s store.Store, link string) store.Decision {
	t.Helper()
	d, err := s.Use(t.Context(), attempt(link))
	if err != nil {
		t.Fatalf("Use: %v", err)
	}
	return d
}
