package badger

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// offsets walks a list by offset, in pages of some size, and returns the links.
func offsets(t testing.TB, s *Store, q store.Query) []string {
	t.Helper()
	var links []string
	for {
		q.Offset = int64(len(links))
		page, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Records {
			links = append(links, page.Records[n].Token.Link)
		}
		if page.Next == "" {
			if int64(len(links)) != page.Total {
				t.Fatalf("%d records are listed, the total is %d", len(links), page.Total)
			}
			return links
		}
	}
}

// cursors is the same by cursor, for which nothing is remembered.
func cursors(t testing.TB, s *Store, q store.Query) []string {
	t.Helper()
	var links []string
	for {
		page, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Records {
			links = append(links, page.Records[n].Token.Link)
		}
		if q.After = page.Next; q.After == "" {
			return links
		}
	}
}

// inShort opens a store that remembers short stretches.
func inShort(t testing.TB, length int64, most int) *Store {
	t.Helper()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncNo})
	s.db.places.length, s.db.places.most = length, most
	return s
}

func madeAt(second int, issuer string, admin bool) store.Token {
	t := store.Token{Link: store.NewLink(), Issuer: issuer, State: store.Enabled, Created: time.Unix(int64(second), 0)}
	if admin {
		t.Scopes = []store.Scope{store.ScopeAdmin}
	}
	return t
}

// TestPagesByOffsetStayTrueWhileTokensComeAndGo changes lists of which
// everything is remembered, and compares all pages.
func TestPagesByOffsetStayTrueWhileTokensComeAndGo(t *testing.T) {
	t.Parallel()
	s := inShort(t, stretchLen, mostStretches)
	rapid.Check(t, func(rt *rapid.T) {
		s.db.places.forget()
		s.db.places.length, s.db.places.most = rapid.Int64Range(1, 4).Draw(rt, "length"), rapid.IntRange(1, 30).Draw(rt, "most")
		var links []string
		defer func() {
			for _, link := range links {
				_ = s.Delete(t.Context(), link)
			}
		}()
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			var records []store.Record
			for range rapid.IntRange(0, 12).Draw(rt, "tokens") {
				token := madeAt(rapid.IntRange(-50, 50).Draw(rt, "made"), issuers.Draw(rt, "issuer"), rapid.Bool().Draw(rt, "admin"))
				records = append(records, store.Record{Token: token})
				links = append(links, token.Link)
			}
			if err := s.Create(t.Context(), records...); err != nil {
				rt.Fatal(err)
			}
			for range min(len(links), rapid.IntRange(0, 6).Draw(rt, "deletions")) {
				n := rapid.IntRange(0, len(links)-1).Draw(rt, "deleted")
				if err := s.Delete(t.Context(), links[n]); err != nil {
					rt.Fatal(err)
				}
				links = slices.Delete(links, n, n+1)
			}
			if len(links) > 0 {
				relist(rt, t, s, rapid.SampledFrom(links).Draw(rt, "changed"))
			}
			compareWalks(rt, t, s)
		}
	})
}

var issuers = rapid.SampledFrom([]string{"", "a", "b"})

// relist takes a token to another list, or takes a scope from it.
func relist(rt *rapid.T, t *testing.T, s *Store, link string) {
	_, err := s.Update(t.Context(), link, func(token *store.Token) error {
		token.Issuer, token.Scopes = issuers.Draw(rt, "new issuer"), nil
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func compareWalks(rt *rapid.T, t *testing.T, s *Store) {
	q := store.Query{
		Issuer: issuers.Draw(rt, "list"), WithAdmins: rapid.Bool().Draw(rt, "with admins"),
		Limit: rapid.IntRange(1, 7).Draw(rt, "limit"),
	}
	if want, got := cursors(t, s, q), offsets(t, s, q); !slices.Equal(want, got) {
		rt.Fatalf("list %q by offset:\n%s\nby cursor:\n%s", q.Issuer, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestPagesByOffsetAreWholeBesideChanges lists while tokens are made and
// deleted everywhere in the list: each page has as many records as the total
// on it says.
func TestPagesByOffsetAreWholeBesideChanges(t *testing.T) {
	t.Parallel()
	s := inShort(t, 8, mostStretches)
	var writers, readers sync.WaitGroup
	quit := make(chan struct{})
	for first := range 2 {
		writers.Go(func() {
			for n := range 40 {
				var batch []store.Record
				for i := range 10 {
					batch = append(batch, store.Record{Token: madeAt((first+2*(n*7+i*13))%400, "", i == 0)})
				}
				err := s.Create(t.Context(), batch...)
				for i := 0; err == nil && i < 5; i++ {
					err = s.Delete(t.Context(), batch[i].Token.Link)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		readers.Go(func() {
			for offset := int64(0); ; offset = (offset + 37) % 500 {
				select {
				case <-quit:
					return
				default:
				}
				if err := wholePage(t, s, store.Query{Offset: offset, Limit: 20, WithAdmins: offset%2 == 0}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(quit)
	readers.Wait()
	for _, admins := range []bool{false, true} {
		q := store.Query{Limit: 9, WithAdmins: admins}
		if !slices.Equal(cursors(t, s, q), offsets(t, s, q)) {
			t.Errorf("with admins %v: the pages by offset are not the list", admins)
		}
	}
}

func wholePage(t *testing.T, s *Store, q store.Query) error {
	page, err := s.List(t.Context(), q)
	if err != nil {
		return err
	}
	want := min(int64(q.Limit), max(0, page.Total-q.Offset))
	if int64(len(page.Records)) != want {
		return fmt.Errorf("at offset %d of %d: %d records, want %d", q.Offset, page.Total, len(page.Records), want)
	}
	return nil
}

func TestADeepPageIsFoundWithoutPassingAllBeforeIt(t *testing.T) {
	t.Parallel()
	s := inShort(t, 10, mostStretches)
	var records []store.Record
	for n := range 1000 {
		records = append(records, store.Record{Token: madeAt(n, "deep", false)})
	}
	if err := s.Create(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	begins := func(offset int64) (skipped int64) {
		l := s.db.places.learn("deep", s.db.version, offset, false)
		l.stop()
		return l.passed
	}
	if n := begins(995); n != 0 {
		t.Fatalf("%d tokens are known before anybody has read", n)
	}
	offsets(t, s, store.Query{Issuer: "deep", Limit: 100})
	for _, offset := range []int64{5, 10, 500, 995} {
		if n := begins(offset); n != offset/10*10 {
			t.Errorf("the page at %d: %d tokens are skipped", offset, n)
		}
	}
	if err := s.Delete(t.Context(), records[3].Token.Link); err != nil {
		t.Fatal(err)
	}
	if n := begins(994); n != 989 {
		t.Errorf("after a deletion in front %d tokens are skipped, want 989", n)
	}
}

func TestWhatIsRememberedOfListsIsBounded(t *testing.T) {
	t.Parallel()
	s := inShort(t, 2, 20)
	for list := range 5 {
		name := fmt.Sprint("list-", list)
		var records []store.Record
		for n := range 30 {
			records = append(records, store.Record{Token: madeAt(n, name, false)})
		}
		if err := s.Create(t.Context(), records...); err != nil {
			t.Fatal(err)
		}
		for _, q := range []store.Query{{Issuer: name, Limit: 3}, {Limit: 3}} {
			if got := offsets(t, s, q); !slices.Equal(got, cursors(t, s, q)) {
				t.Errorf("list %q by offset: %v", q.Issuer, got)
			}
		}
		p := &s.db.places
		p.mu.Lock()
		sum := 0
		for _, l := range p.lists {
			sum += len(l)
		}
		if sum != p.known || sum > 20 || sum == 0 || len(p.learners) != 0 {
			t.Errorf("%d stretches and %d readings are remembered; %d are counted", sum, len(p.learners), p.known)
		}
		p.mu.Unlock()
	}
}

// TestAReadingKeepsNothingFromBeforeAChange changes a list while somebody
// reads it.
func TestAReadingKeepsNothingFromBeforeAChange(t *testing.T) {
	t.Parallel()
	s := inShort(t, 3, mostStretches)
	var records []store.Record
	for n := range 30 {
		records = append(records, store.Record{Token: madeAt(10*n, "", false)})
	}
	if err := s.Create(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	l := s.db.places.learn("", s.db.version, 30, false)
	for n := range records {
		i, _ := parseID(records[n].Token.Link)
		l.saw(newPos(records[n].Token.Created, i), false)
	}
	if err := s.Create(t.Context(), store.Record{Token: madeAt(145, "", false)}); err != nil {
		t.Fatal(err)
	}
	if s.db.places.learn("", s.db.version-1, 30, false) != nil {
		t.Error("what is known now is taken for what was known before the change")
	}
	l.stop()
	if n := len(s.db.places.lists[""]); n != 5 {
		t.Errorf("%d stretches are remembered, want the 5 before the change", n)
	}
	q := store.Query{Limit: 4}
	if !slices.Equal(cursors(t, s, q), offsets(t, s, q)) {
		t.Error("the pages by offset are not the list")
	}
}
