package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
)

var raceTests = []test{
	{"a limit holds, exactly, however many come at once", func(t *testing.T, s store.Store) {
		const most = 40
		token := create(t, s, limit(most))
		counters := make(chan int64, 4*most)
		together(32, func(int) {
			for range 4 * most / 32 {
				if d := useIn(t, s, token.Link); d.Admitted() {
					counters <- d.Counter
				} else if d.Reason != store.Exhausted {
					t.Errorf("got reason %q", d.Reason)
				}
			}
		})
		close(counters)
		wantEach(t, counters, most)
		wantRecord(t, s, store.Record{Token: token, Counter: most})
	}},
	{"every use of a token without a limit has a count of its own", func(t *testing.T, s store.Store) {
		token := create(t, s)
		counters := make(chan int64, 320)
		together(16, func(int) {
			for range 20 {
				counters <- useIn(t, s, token.Link).Counter
			}
		})
		close(counters)
		wantEach(t, counters, 320)
	}},
	{"tokens do not share a limit", func(t *testing.T, s store.Store) {
		tokens := make([]store.Token, 8)
		for i := range tokens {
			tokens[i] = create(t, s, limit(int64(i+1)))
		}
		var admitted [8]atomic.Int64
		together(32, func(i int) {
			for n := range 16 {
				if useIn(t, s, tokens[(i+n)%8].Link).Admitted() {
					admitted[(i+n)%8].Add(1)
				}
			}
		})
		for i := range tokens {
			if n := admitted[i].Load(); n != int64(i+1) {
				t.Errorf("token with limit %d: %d admitted", i+1, n)
			}
		}
	}},
	{"changes and uses at the same time lose neither", changesAndUses},
	{"a limit raised in the middle is reached, exactly", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(10))
		var admitted atomic.Int64
		together(17, func(i int) {
			if i == 0 {
				_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error { t.Limit = 25; return nil })
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
			for range 8 {
				if useIn(t, s, token.Link).Admitted() {
					admitted.Add(1)
				}
			}
		})
		for range 25 {
			if useIn(t, s, token.Link).Admitted() {
				admitted.Add(1)
			}
		}
		if n := admitted.Load(); n != 25 {
			t.Fatalf("%d admitted, want 25", n)
		}
	}},
	{"a deleted token admits nobody, and of many deletions one succeeds", deletionsAndUses},
	{"of many creations of one link one succeeds, and the others leave nothing", creationsCollide},
}

func useIn(t *testing.T, s store.Store, link string) store.Decision {
	d, err := s.Use(context.WithoutCancel(t.Context()), attempt(link))
	if err != nil {
		t.Errorf("Use: %v", err)
	}
	return d
}

// wantEach expects the numbers from 1 to n, each once.
func wantEach(t *testing.T, counters <-chan int64, n int64) {
	t.Helper()
	var got []int64
	for c := range counters {
		got = append(got, c)
	}
	slices.Sort(got)
	for i, c := range got {
		if c != int64(i+1) {
			t.Fatalf("place %d: got counter %d", i+1, c)
		}
	}
	if int64(len(got)) != n {
		t.Fatalf("%d admitted, want %d", len(got), n)
	}
}

func changesAndUses(t *testing.T, s store.Store) {
	token := create(t, s)
	const changers, users, rounds = 6, 6, 12
	together(changers+users, func(i int) {
		for n := range rounds {
			if i >= changers {
				useIn(t, s, token.Link)
				continue
			}
			mark := strconv.Itoa(i) + "/" + strconv.Itoa(n)
			_, err := s.Update(t.Context(), token.Link, func(t *store.Token) error {
				t.Config = append(slices.Clone(t.Config), mark)
				t.Issuer = mark
				return nil
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		}
	})
	got, err := s.Get(t.Context(), token.Link)
	if err != nil {
		t.Fatal(err)
	}
	marks := slices.Compact(slices.Sorted(slices.Values(got.Token.Config)))
	if got.Counter != users*rounds || len(marks) != changers*rounds || len(got.Token.Config) != len(marks) {
		t.Fatalf("got counter %d, %d marks; want %d, %d", got.Counter, len(got.Token.Config), users*rounds, changers*rounds)
	}
	wantTotal(t, s, "", 1)
	wantTotal(t, s, got.Token.Issuer, 1)
}

func deletionsAndUses(t *testing.T, s store.Store) {
	token := create(t, s)
	var gone atomic.Bool
	var deleted atomic.Int64
	together(16, func(i int) {
		for n := range 20 {
			if i < 4 && n == 5+i {
				switch err := s.Delete(t.Context(), token.Link); {
				case err == nil:
					deleted.Add(1)
				case !errors.Is(err, store.ErrNotFound):
					t.Errorf("Delete: %v", err)
				}
				gone.Store(true)
			}
			late := gone.Load()
			if d := useIn(t, s, token.Link); late && d.Reason != store.Unknown {
				t.Errorf("a use that began after the deletion: got reason %q", d.Reason)
			}
		}
	})
	if n := deleted.Load(); n != 1 {
		t.Fatalf("%d deletions succeeded", n)
	}
	wantGone(t, s, token.Link)
	wantTotal(t, s, "", 0)
}

func creationsCollide(t *testing.T, s store.Store) {
	shared := newToken(issuer("shared"))
	own := make([]store.Token, 24)
	var won atomic.Int64
	for i := range own {
		own[i] = newToken(issuer("own"))
	}
	together(len(own), func(i int) {
		mine := shared
		mine.RID = strconv.Itoa(i)
		switch err := s.Create(t.Context(), store.Record{Token: own[i]}, store.Record{Token: mine}); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, store.ErrExists):
			t.Errorf("Create: %v", err)
		}
	})
	if n := won.Load(); n != 1 {
		t.Fatalf("%d creations succeeded", n)
	}
	got, err := s.Get(t.Context(), shared.Link)
	if err != nil {
		t.Fatal(err)
	}
	winner, _ := strconv.Atoi(got.Token.RID)
	wantRecord(t, s, store.Record{Token: own[winner]})
	wantTotal(t, s, "own", 1)
	wantTotal(t, s, "shared", 1)
}
