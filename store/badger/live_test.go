package badger

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
)

func TestReadingThatBeganBeforeAChangeIsNotBelieved(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, s *Store, link string){
		"a deletion": func(t *testing.T, s *Store, link string) {
			t.Helper()
			if err := s.Delete(t.Context(), link); err != nil {
				t.Fatal(err)
			}
		},
		"a change": func(t *testing.T, s *Store, link string) {
			t.Helper()
			if _, err := s.Update(t.Context(), link, func(t *store.Token) error { t.State = store.Disabled; return nil }); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{Path: t.TempDir()})
			link := kept(t, s, 1)[0]
			i, _ := parseID(link)
			sh := s.live.shard(i)
			_, l, first := sh.begin(i)
			if !first {
				t.Fatal("the token is in the live set already")
			}
			old, err := s.readID(i)
			if err != nil {
				t.Fatal(err)
			}
			change(t, s, link)
			if !sh.finish(i, l, old, nil) {
				t.Error("what was read before is put into the live set")
			}
			s.load(sh, i, l)
			if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || d.Admitted() {
				t.Fatalf("got reason %q, error %v; want a refusal", d.Reason, err)
			}
		})
	}
}

func TestCreationIsSeenByWhoSawThatThereWasNothing(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := store.NewLink()
	i, _ := parseID(link)
	sh := s.live.shard(i)
	for range 2 {
		if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || d.Reason != store.Unknown {
			t.Fatalf("got reason %q, error %v; want unknown", d.Reason, err)
		}
	}
	if !sh.unknown.has(i) {
		t.Fatal("the unknown id is not remembered")
	}
	// A second reading is under way when the token is made.
	sh.unknown.drop(i)
	_, l, _ := sh.begin(i)
	if err := s.Create(t.Context(), store.Record{Token: store.Token{Link: link, State: store.Enabled, Limit: 1}}); err != nil {
		t.Fatal(err)
	}
	if !sh.finish(i, l, stored{}, store.ErrNotFound) {
		t.Error("a reading from before the creation is believed")
	}
	s.load(sh, i, l)
	if d, err := s.Use(t.Context(), store.Attempt{Link: link}); err != nil || !d.Admitted() {
		t.Fatalf("got reason %q, error %v; want admitted", d.Reason, err)
	}
}

func TestFloodOfOneUnknownIDReadsTheDatabaseOnce(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := store.NewLink()
	i, _ := parseID(link)
	sh := s.live.shard(i)
	var firsts atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			_, l, first := sh.begin(i)
			if first {
				firsts.Add(1)
				s.load(sh, i, l)
			}
			if l != nil {
				<-l.done
			}
		})
	}
	all.Wait()
	if n := firsts.Load(); n != 1 {
		t.Fatalf("the database was read %d times", n)
	}
}

func TestUnknownIDsAreForgottenInTurn(t *testing.T) {
	t.Parallel()
	n := newNegative(3)
	ids := make([]id, 8)
	for i := range ids {
		ids[i][0] = byte(i)
		n.add(ids[i])
		n.add(ids[i])
	}
	if len(n.ids) != 3 || len(n.ring) != 3 {
		t.Fatalf("%d ids are remembered in %d places, want 3", len(n.ids), len(n.ring))
	}
	for i := range ids {
		if n.has(ids[i]) != (i >= 5) {
			t.Errorf("id %d: remembered is %v", i, n.has(ids[i]))
		}
	}
	n.drop(ids[6])
	if n.has(ids[6]) {
		t.Error("a dropped id is remembered")
	}
}

func TestLiveSetIsBounded(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]SyncMode{"always": SyncAlways, "everysec": SyncEverySecond, "no": SyncNo} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{Path: t.TempDir(), Sync: mode, LiveTokens: 8})
			links := kept(t, s, 40)
			for round := range int64(3) {
				for n, link := range links {
					d, err := s.Use(t.Context(), store.Attempt{Link: link})
					if err != nil || d.Counter != int64(n)+round+1 {
						t.Fatalf("token %d in round %d: got counter %d, error %v", n, round, d.Counter, err)
					}
				}
			}
			// What was being written may have stayed for a while.
			eventually(t, "no more than 9 tokens are in memory", func() bool {
				n := 0
				s.live.each(func(*entry) { n++ })
				return n <= 9
			})
		})
	}
}

func TestListShowsTheUsesAndNotTheReservation(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncEverySecond})
	link := kept(t, s, 1)[0]
	used := useUntilReserved(t, s, link)
	page, err := s.List(t.Context(), store.Query{})
	if err != nil || page.Records[0].Counter != used || counterOf(t, s, link) != used {
		t.Fatalf("the list shows %d, error %v; want %d", page.Records[0].Counter, err, used)
	}
	if n := counterOf(t, again(t, s), link); n != used {
		t.Fatalf("after a graceful stop: got %d, want %d", n, used)
	}
}
