package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkgate/linkgate/store"
)

var listTests = []test{
	{"an empty store has an empty list", func(t *testing.T, s store.Store) {
		wantPages(t, s, store.Query{}, nil)
		wantPages(t, s, store.Query{Issuer: "none"}, nil)
	}},
	{"records come in the order of their creation, then of their links", func(t *testing.T, s store.Store) {
		wantPages(t, s, store.Query{}, scattered(t, s, 30))
	}},
	{"records from before 1970 come first", func(t *testing.T, s store.Store) {
		late := create(t, s)
		early := create(t, s, func(t *store.Token) { t.Created = time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC) })
		earliest := create(t, s, func(t *store.Token) { t.Created = time.Time{} })
		wantPages(t, s, store.Query{}, []string{earliest.Link, early.Link, late.Link})
	}},
	{"a campaign's list has its records only", campaignsAreApart},
	{"admin records are listed and counted on demand only", func(t *testing.T, s store.Store) {
		a := create(t, s, issuer("x"), created(1*time.Second))
		b := create(t, s, issuer("x"), admin, created(2*time.Second))
		c := create(t, s, issuer("x"), created(3*time.Second))
		for _, iss := range []string{"", "x"} {
			wantPages(t, s, store.Query{Issuer: iss}, []string{a.Link, c.Link})
			wantPages(t, s, store.Query{Issuer: iss, WithAdmins: true}, []string{a.Link, b.Link, c.Link})
		}
	}},
	{"an offset counts what is listed, behind the cursor", func(t *testing.T, s store.Store) {
		links := scattered(t, s, 10)
		create(t, s, admin, created(-time.Hour))
		page := list(t, s, store.Query{Offset: 3, Limit: 4})
		wantLinks(t, links[3:7], page)
		wantLinks(t, links[8:], list(t, s, store.Query{After: page.Next, Offset: 1}))
		wantLinks(t, nil, list(t, s, store.Query{Offset: 10}))
		wantLinks(t, nil, list(t, s, store.Query{Offset: 1 << 40}))
		if page.Total != 10 {
			t.Fatalf("got total %d, want 10", page.Total)
		}
	}},
	{"a page without a limit holds the most there can be", func(t *testing.T, s store.Store) {
		records := make([]store.Record, store.MaxPage+1)
		for i := range records {
			records[i] = store.Record{Token: newToken(created(time.Duration(i) * time.Microsecond))}
		}
		for part := range slices.Chunk(records, 500) {
			if err := s.Create(t.Context(), part...); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{0, -1, store.MaxPage + 1} {
			page := list(t, s, store.Query{Limit: n})
			if len(page.Records) != store.MaxPage || page.Next == "" || page.Total != store.MaxPage+1 {
				t.Fatalf("limit %d: got %d records, next %q, total %d", n, len(page.Records), page.Next, page.Total)
			}
		}
	}},
	{"a cursor stays good while records come and go", cursorSurvives},
	{"a bad cursor or offset is invalid", func(t *testing.T, s store.Store) {
		create(t, s)
		for _, q := range []store.Query{{After: "x"}, {After: strings.Repeat("g", 48)}, {After: "\x00"}, {Offset: -1}} {
			_, err := s.List(t.Context(), q)
			wantErr(t, err, store.ErrInvalid)
		}
	}},
	{"a list shows counters", func(t *testing.T, s store.Store) {
		token := create(t, s)
		use(t, s, token.Link, store.Admitted)
		if page := list(t, s, store.Query{}); page.Records[0].Counter != 1 {
			t.Fatalf("got counter %d, want 1", page.Records[0].Counter)
		}
	}},
}

// campaignsAreApart makes campaigns whose names begin with each other, or look
// like what a key could be made of.
func campaignsAreApart(t *testing.T, s store.Store) {
	names := []string{
		"a", "a/", "a/b", "ab", "A", "a ", "/", "a\x00b", "a\x00", "\x01", "é", "e\u0301", "\U0010ffff", "ÿ",
		strings.Repeat("a", store.MaxName), strings.Repeat("a", store.MaxName-1), store.NewLink(), "*", "a*", "[a]", "{a}",
	}
	var all []string
	want := map[string][]string{}
	for i := range 2 * len(names) {
		name := names[i%len(names)]
		token := create(t, s, issuer(name), created(time.Duration(i)*time.Microsecond))
		all, want[name] = append(all, token.Link), append(want[name], token.Link)
	}
	all = append(all, create(t, s, created(time.Hour)).Link)
	for _, name := range names {
		wantPages(t, s, store.Query{Issuer: name}, want[name])
	}
	wantPages(t, s, store.Query{}, all)
}

func cursorSurvives(t *testing.T, s store.Store) {
	links := scattered(t, s, 9)
	page := list(t, s, store.Query{Limit: 3})
	// The record that the cursor stands on goes, and so does the next one.
	for _, link := range links[2:4] {
		if err := s.Delete(t.Context(), link); err != nil {
			t.Fatal(err)
		}
	}
	early, late := create(t, s, created(-time.Hour)), create(t, s, created(time.Hour))
	rest := list(t, s, store.Query{After: page.Next})
	wantLinks(t, append(slices.Clone(links[4:]), late.Link), rest)
	if slices.ContainsFunc(rest.Records, func(r store.Record) bool { return r.Token.Link == early.Link }) {
		t.Fatal("a record from before the cursor is seen")
	}
}

// scattered creates n records in an order that is not theirs, three at each
// instant, and returns their links as a list has to show them.
func scattered(t *testing.T, s store.Store, n int) []string {
	t.Helper()
	tokens := make([]store.Token, n)
	for i := range tokens {
		tokens[(i*7)%n] = create(t, s, created(time.Duration((i*7)%n/3)*time.Microsecond))
	}
	slices.SortStableFunc(tokens, func(a, b store.Token) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.Link, b.Link)
	})
	return linksOf(tokens)
}

func linksOf(tokens []store.Token) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.Link
	}
	return out
}

func list(t *testing.T, s store.Store, q store.Query) store.Page {
	t.Helper()
	page, err := s.List(t.Context(), q)
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	return page
}

func wantLinks(t *testing.T, want []string, page store.Page) {
	t.Helper()
	var got []string
	for _, r := range page.Records {
		got = append(got, r.Token.Link)
	}
	if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
		t.Fatalf("links (-want +got):\n%s", diff)
	}
}

// wantPages reads the whole list in pages of several sizes.
func wantPages(t *testing.T, s store.Store, q store.Query, want []string) {
	t.Helper()
	for _, q.Limit = range []int{1, 2, 7, max(1, len(want)), 1000} {
		if err := pagesMatch(want, q, func(q store.Query) (store.Page, error) { return s.List(t.Context(), q) }); err != nil {
			t.Fatalf("list of %q in pages of %d: %v", q.Issuer, q.Limit, err)
		}
	}
}

// pagesMatch follows the cursor to the end of a list.
func pagesMatch(want []string, q store.Query, list func(store.Query) (store.Page, error)) error {
	var got []string
	for q.After = ""; len(got) <= len(want); {
		page, err := list(q)
		if err != nil {
			return err
		}
		if page.Total != int64(len(want)) {
			return fmt.Errorf("got total %d, want %d", page.Total, len(want))
		}
		if len(page.Records) > q.Limit {
			return fmt.Errorf("got %d records on a page", len(page.Records))
		}
		for _, r := range page.Records {
			got = append(got, r.Token.Link)
		}
		if page.Next == "" {
			break
		}
		if len(page.Records) < q.Limit {
			return fmt.Errorf("got %d records on a page that is not the last", len(page.Records))
		}
		q.After = page.Next
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("got %d records %v, want %d %v", len(got), got, len(want), want)
	}
	return nil
}
