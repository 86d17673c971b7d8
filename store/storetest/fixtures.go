package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkgate/linkgate/store"
)

// present is a time in the middle of all others.
var present = time.Now().UTC().Truncate(time.Microsecond)

// newToken returns an enabled token without a limit, changed by edits.
func newToken(edits ...func(*store.Token)) store.Token {
	t := store.Token{
		Link: store.NewLink(), UUID: "uuid-" + store.NewLink(),
		RID: "rid", State: store.Enabled, Created: present, Modified: present,
	}
	for _, edit := range edits {
		edit(&t)
	}
	return t
}

func limit(n int64) func(*store.Token) { return func(t *store.Token) { t.Limit = n } }

func issuer(iss string) func(*store.Token) { return func(t *store.Token) { t.Issuer = iss } }

func created(after time.Duration) func(*store.Token) {
	return func(t *store.Token) { t.Created = present.Add(after) }
}

func admin(t *store.Token) { t.Scopes = []store.Scope{store.ScopeRead, store.ScopeAdmin} }

// attempt presents the bare link, at present, to a gate that takes any token.
func attempt(link string) store.Attempt { return store.Attempt{Link: link, Now: present} }

// create keeps a new token, edited, and returns it.
func create(t *testing.T, s store.Store, edits ...func(*store.Token)) store.Token {
	t.Helper()
	token := newToken(edits...)
	if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
		t.Fatalf("creating a record: %v", err)
	}
	return token
}

// use expects a use to be admitted (empty reason) or refused.
func use(t *testing.T, s store.Store, link string, want store.Reason) store.Decision {
	t.Helper()
	d, err := s.Use(t.Context(), attempt(link))
	if err != nil || d.Reason != want {
		t.Fatalf("Use: got reason %q, error %v; want reason %q", d.Reason, err, want)
	}
	return d
}

// wantRecord expects Get to return exactly this.
func wantRecord(t *testing.T, s store.Store, want store.Record) {
	t.Helper()
	got, err := s.Get(t.Context(), want.Token.Link)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("record (-want +got):\n%s", diff)
	}
}

// wantGone expects that nothing at all is left of link.
func wantGone(t *testing.T, s store.Store, link string) {
	t.Helper()
	_, err := s.Get(t.Context(), link)
	wantErr(t, err, store.ErrNotFound)
	use(t, s, link, store.Unknown)
	page, err := s.List(t.Context(), store.Query{WithAdmins: true})
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	for _, r := range page.Records {
		if r.Token.Link == link {
			t.Fatal("List still shows the record")
		}
	}
}

// wantTotal expects List to count n records of a campaign and to show as many.
func wantTotal(t *testing.T, s store.Store, iss string, n int) {
	t.Helper()
	page, err := s.List(t.Context(), store.Query{Issuer: iss, WithAdmins: true})
	if err != nil || page.Total != int64(n) || len(page.Records) != n {
		t.Fatalf("List of %q: got %d records, total %d, error %v; want %d", iss, len(page.Records), page.Total, err, n)
	}
}

func wantErr(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

// together runs do in n goroutines that start at the same moment.
func together(n int, do func(i int)) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}
