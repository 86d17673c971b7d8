package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

var createTests = []test{
	{"a record is kept with the counter it came with", func(t *testing.T, s store.Store) {
		want := store.Record{Token: newToken(limit(9)), Counter: 7}
		if err := s.Create(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		wantRecord(t, s, want)
		if d := use(t, s, want.Token.Link, store.Admitted); d.Counter != 8 {
			t.Fatalf("got counter %d, want 8", d.Counter)
		}
	}},
	{"no records is no change and no error", func(t *testing.T, s store.Store) {
		if err := s.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantTotal(t, s, "", 0)
	}},
	{"a record is never overwritten", func(t *testing.T, s store.Store) {
		token := create(t, s, limit(3))
		use(t, s, token.Link, store.Admitted)
		twin := newToken(issuer("thief"))
		twin.Link = token.Link
		wantErr(t, s.Create(t.Context(), store.Record{Token: twin}), store.ErrExists)
		wantRecord(t, s, store.Record{Token: token, Counter: 1})
		wantTotal(t, s, "thief", 0)
	}},
	{"one link that is kept already keeps all others out", func(t *testing.T, s store.Store) {
		token := create(t, s)
		before, after := newToken(issuer("new")), newToken(issuer("new"))
		err := s.Create(t.Context(), store.Record{Token: before}, store.Record{Token: token}, store.Record{Token: after})
		wantErr(t, err, store.ErrExists)
		wantGone(t, s, before.Link)
		wantGone(t, s, after.Link)
		wantTotal(t, s, "new", 0)
		wantTotal(t, s, "", 1)
	}},
	{"a link that stands twice in one call keeps all out", func(t *testing.T, s store.Store) {
		a, b := newToken(), newToken()
		wantErr(t, s.Create(t.Context(), store.Record{Token: a}, store.Record{Token: b}, store.Record{Token: a}), store.ErrExists)
		wantGone(t, s, a.Link)
		wantGone(t, s, b.Link)
		wantTotal(t, s, "", 0)
	}},
	{"a thousand records in one call are all kept", func(t *testing.T, s store.Store) {
		records := make([]store.Record, 1000)
		for i := range records {
			records[i] = store.Record{Token: newToken(issuer("bulk")), Counter: int64(i)}
		}
		if err := s.Create(t.Context(), records...); err != nil {
			t.Fatal(err)
		}
		wantTotal(t, s, "bulk", len(records))
		wantRecord(t, s, records[999])
	}},
	{"what no store keeps is invalid and keeps all others out", invalidRecords},
	{"the caller's slices stay the caller's", func(t *testing.T, s store.Store) {
		token := newToken(func(t *store.Token) {
			t.Scopes, t.Config, t.Data = []store.Scope{store.ScopeRead}, []string{"link"}, []byte(`{"a":1}`)
		})
		want := store.Record{Token: token.Clone()}
		records := []store.Record{{Token: token}}
		if err := s.Create(t.Context(), records...); err != nil {
			t.Fatal(err)
		}
		records[0].Token.RID = "changed"
		token.Scopes[0], token.Config[0], token.Data[5] = store.ScopeAdmin, "changed", '9'
		wantRecord(t, s, want)
	}},
}

func invalidRecords(t *testing.T, s store.Store) {
	edit := func(do func(*store.Record)) store.Record {
		r := store.Record{Token: newToken()}
		do(&r)
		return r
	}
	long := strings.Repeat("x", store.MaxName+1)
	for name, bad := range map[string]store.Record{
		"an empty link":         edit(func(r *store.Record) { r.Token.Link = "" }),
		"an upper-case link":    edit(func(r *store.Record) { r.Token.Link = strings.ToUpper(store.NewLink()) }),
		"a negative counter":    edit(func(r *store.Record) { r.Counter = -1 }),
		"a negative limit":      edit(func(r *store.Record) { r.Token.Limit = -1 }),
		"a long rid":            edit(func(r *store.Record) { r.Token.RID = long }),
		"a long campaign":       edit(func(r *store.Record) { r.Token.Issuer = long }),
		"a rid not in UTF-8":    edit(func(r *store.Record) { r.Token.RID = "a\xff" }),
		"a year of five digits": edit(func(r *store.Record) { r.Token.Expires = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) }),
		"data without measure":  edit(func(r *store.Record) { r.Token.Data = slices.Repeat([]byte(" "), store.MaxRecord) }),
	} {
		good := newToken()
		err := s.Create(t.Context(), store.Record{Token: good}, bad)
		if wantErr(t, err, store.ErrInvalid); t.Failed() {
			t.Fatalf("case: %s", name)
		}
		wantGone(t, s, good.Link)
	}
	wantTotal(t, s, "", 0)
}
