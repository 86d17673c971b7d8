package storetest

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/linkgate/linkgate/store"
)

var orderingTests = []test{
	{"a use that begins after another one ended has a higher count", usesAreOrdered},
	{"what a call did is seen by every call that begins after it", effectsAreSeen},
}

var pageTests = []test{
	{"a page agrees with itself while records come and go", pagesAgree},
}

// usesAreOrdered draws a ticket before and after each use: of two uses that do
// not overlap, the tickets tell which one was first.
func usesAreOrdered(t *testing.T, s store.Store) {
	type span struct{ begin, end, counter int64 }
	token := create(t, s)
	var tickets atomic.Int64
	var mu sync.Mutex
	var spans []span
	together(12, func(int) {
		for range 15 {
			begin := tickets.Add(1)
			d := useIn(t, s, token.Link)
			end := tickets.Add(1)
			mu.Lock()
			spans = append(spans, span{begin, end, d.Counter})
			mu.Unlock()
		}
	})
	for _, a := range spans {
		for _, b := range spans {
			if a.end < b.begin && a.counter >= b.counter {
				t.Fatalf("a use that got %d ended before one that got %d began", a.counter, b.counter)
			}
		}
	}
}

// effectsAreSeen lets one goroutine after the other look at what the one
// before did, while others keep the store busy.
func effectsAreSeen(t *testing.T, s store.Store) {
	noise := create(t, s)
	together(8, func(i int) {
		if i > 2 {
			for range 40 {
				useIn(t, s, noise.Link)
			}
			return
		}
		token := create(t, s, issuer("seen "+strconv.Itoa(i)))
		for n := range int64(10) {
			useIn(t, s, token.Link)
			if d, err := s.Peek(t.Context(), attempt(token.Link)); err != nil || d.Counter != n+1 {
				t.Errorf("Peek after %d uses: got %d, error %v", n+1, d.Counter, err)
			}
			rid := "rid " + strconv.FormatInt(n, 10)
			if _, err := s.Update(t.Context(), token.Link, func(t *store.Token) error { t.RID = rid; return nil }); err != nil {
				t.Errorf("Update: %v", err)
			}
			page, err := s.List(t.Context(), store.Query{Issuer: token.Issuer})
			if err != nil || len(page.Records) != 1 || page.Records[0].Token.RID != rid || page.Records[0].Counter != n+1 {
				t.Errorf("List after a change: got %d records, error %v", len(page.Records), err)
			}
		}
		if err := s.Delete(t.Context(), token.Link); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if d := useIn(t, s, token.Link); d.Reason != store.Unknown {
			t.Errorf("Use after a deletion: got reason %q", d.Reason)
		}
	})
}

// pagesAgree reads whole lists while pairs of records are made, moved and
// deleted together with the total.
func pagesAgree(t *testing.T, s store.Store) {
	together(6, func(i int) {
		if i > 2 {
			for range 60 {
				page, err := s.List(t.Context(), store.Query{Issuer: "pairs"})
				if err != nil || page.Total != int64(len(page.Records)) {
					t.Errorf("got %d records, total %d, error %v", len(page.Records), page.Total, err)
				}
				if !slices.IsSortedFunc(page.Records, func(a, b store.Record) int { return a.Token.Created.Compare(b.Token.Created) }) {
					t.Error("a page is out of order")
				}
			}
			return
		}
		for range 15 {
			a, b := newToken(issuer("pairs")), newToken(issuer("pairs"))
			if err := s.Create(t.Context(), store.Record{Token: a}, store.Record{Token: b}); err != nil {
				t.Errorf("Create: %v", err)
			}
			if _, err := s.Update(t.Context(), a.Link, func(t *store.Token) error { t.Issuer = ""; return nil }); err != nil {
				t.Errorf("Update: %v", err)
			}
			if err := s.Delete(t.Context(), b.Link); err != nil {
				t.Errorf("Delete: %v", err)
			}
		}
	})
	wantTotal(t, s, "pairs", 0)
}
