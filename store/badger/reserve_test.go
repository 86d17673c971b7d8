package badger

import (
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestReservationsNeverExceedTheirBounds(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1, 2, 7, 8, 9, 63, 64, 100, 700} {
		s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond})
		token := store.Token{Link: store.NewLink(), State: store.Enabled, Limit: limit}
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
			t.Fatal(err)
		}
		i, _ := parseID(token.Link)
		for n := int64(1); n <= limit+1; n++ {
			d, err := s.Use(t.Context(), store.Attempt{Link: token.Link})
			if err != nil || d.Admitted() != (n <= limit) {
				t.Fatalf("use %d of %d: reason %q, error %v", n, limit, d.Reason, err)
			}
			r, err := s.readID(i)
			if err != nil {
				t.Fatal(err)
			}
			used := min(n, limit)
			if ahead := r.counter - used; ahead < 0 || r.counter > limit || ahead > min(reserveMost, (limit-used+reserveMost)/reserveShare) {
				t.Fatalf("use %d of %d: %d are reserved ahead", n, limit, ahead)
			}
		}
	}
}

// useUntilReserved uses a token until the database has more uses of it than
// there were, and returns how many there were.
func useUntilReserved(t *testing.T, s *Store, link string) (used int64) {
	t.Helper()
	i, _ := parseID(link)
	for range 100 {
		d, err := s.Use(t.Context(), store.Attempt{Link: link})
		if err != nil || !d.Admitted() {
			t.Fatalf("reason %q, error %v", d.Reason, err)
		}
		if r, err := s.readID(i); err != nil {
			t.Fatal(err)
		} else if r.counter >= d.Counter+4 {
			return d.Counter
		}
	}
	t.Fatal("100 uses and nothing is reserved")
	return 0
}

func TestLoweredLimitTakesReservationsBack(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond})
	link := kept(t, s, 1)[0]
	used := useUntilReserved(t, s, link)
	if _, err := s.Update(t.Context(), link, func(t *store.Token) error { t.Limit = used + 4; return nil }); err != nil {
		t.Fatal(err)
	}
	i, _ := parseID(link)
	if r, err := s.readID(i); err != nil || r.counter != used {
		t.Fatalf("the database has counter %d, error %v; want %d", r.counter, err, used)
	}
	for n := range 6 {
		d, err := s.Use(t.Context(), store.Attempt{Link: link})
		if err != nil || d.Admitted() != (n < 4) {
			t.Fatalf("use %d of 4: reason %q, error %v", n+1, d.Reason, err)
		}
		if r, err := s.readID(i); err != nil || r.counter < d.Counter {
			t.Fatalf("use %d is answered and the database has %d, error %v", d.Counter, r.counter, err)
		}
	}
}

func TestCountsWithoutALimitAreWrittenSoonAndAtTheEnd(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	token := store.Token{Link: store.NewLink(), State: store.Enabled}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
	use := func(n int) {
		t.Helper()
		for range n {
			if d, err := s.Use(t.Context(), store.Attempt{Link: token.Link}); err != nil || !d.Admitted() {
				t.Fatalf("reason %q, error %v", d.Reason, err)
			}
		}
	}
	use(1000)
	i, _ := parseID(token.Link)
	eventually(t, "the database has the count", func() bool {
		r, err := s.readID(i)
		return err == nil && r.counter == 1000
	})
	use(500)
	if n := counterOf(t, again(t, s), token.Link); n != 1500 {
		t.Fatalf("after a graceful stop: got %d, want 1500", n)
	}
}

func TestUseWithoutALimitAllocatesNothing(t *testing.T) {
	s := open(t, Options{Path: t.TempDir(), Sync: SyncNo})
	token := store.Token{Link: store.NewLink(), State: store.Enabled}
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatal(err)
	}
	a, ctx := store.Attempt{Link: token.Link}, t.Context()
	if n := testing.AllocsPerRun(200_000, func() { _, _ = s.Use(ctx, a) }); n != 0 {
		t.Fatalf("a use takes %v allocations", n)
	}
}

func TestReservationThatIsBeingTakenBackIsNotHandedOut(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond})
	link := kept(t, s, 1)[0]
	useUntilReserved(t, s, link)
	writing, proceed := holdCommits(s)
	updated, used := make(chan error, 1), make(chan error, 1)
	go func() {
		updated <- second(s.Update(t.Context(), link, func(t *store.Token) error { t.RID = "other"; return nil }))
	}()
	<-writing
	go func() { used <- second(s.Use(t.Context(), store.Attempt{Link: link})) }()
	select {
	case <-used:
		t.Error("a use was answered that the database may not have")
		used <- nil
	case <-time.After(50 * time.Millisecond):
	}
	close(proceed)
	for _, err := range []error{<-updated, <-used} {
		if err != nil {
			t.Error(err)
		}
	}
}

// Where every use is of another token, a reservation is only written to be
// written back: it would cost a second write.
func TestFirstUseOfATokenReservesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond, LiveTokens: 64})
	for _, link := range kept(t, s, 300) {
		d, err := s.Use(t.Context(), store.Attempt{Link: link})
		if err != nil || !d.Admitted() {
			t.Fatalf("reason %q, error %v", d.Reason, err)
		}
		i, _ := parseID(link)
		if r, err := s.readID(i); err != nil || r.counter != d.Counter {
			t.Fatalf("the database has counter %d, error %v; want %d", r.counter, err, d.Counter)
		}
	}
}
