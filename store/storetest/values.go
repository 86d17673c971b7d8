package storetest

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkgate/linkgate/store"
)

var valueTests = []test{
	{"every field comes back as it was given", func(t *testing.T, s store.Store) {
		want := store.Record{Token: fullToken(), Counter: 3}
		if err := s.Create(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		wantRecord(t, s, want)
	}},
	{"data is kept byte for byte", func(t *testing.T, s store.Store) {
		for _, data := range []string{
			`{}`, `{ "spaces" : [ 1 , 2 ] }` + "\n", `{"big":123456789012345678901234567890.10e+400,"neg":-0}`,
			`{"a":1,"a":2}`, `{"html":"<b>&\u003c\/"}`, `{"x":"\ud800"}`, `{"é":"` + "\u2028" + `"}`,
			`{"long":"` + strings.Repeat("x", 200<<10) + `"}`,
		} {
			token := create(t, s, func(t *store.Token) { t.Data = []byte(data) })
			got, err := s.Get(t.Context(), token.Link)
			if err != nil || !bytes.Equal(got.Token.Data, []byte(data)) {
				t.Fatalf("got %.80q, error %v; want %.80q", got.Token.Data, err, data)
			}
		}
	}},
	{"every byte that a rid may have survives", func(t *testing.T, s store.Store) {
		var all strings.Builder
		for c := range rune(0x80) {
			all.WriteRune(c)
		}
		for _, rid := range []string{"", all.String(), strings.Repeat("é", store.MaxName/2), "\U0010ffff\ufeff\u2028", `"\<>&`} {
			token := create(t, s, func(t *store.Token) { t.RID, t.URL, t.CreatedBy = rid, rid, rid })
			wantRecord(t, s, store.Record{Token: token})
		}
	}},
	{"times keep their instant, wherever they come from", func(t *testing.T, s store.Store) {
		odd := time.FixedZone("odd", 3*3600+17*60+29)
		token := create(t, s, func(t *store.Token) {
			t.Created, t.Expires = present.In(odd), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
		})
		wantRecord(t, s, store.Record{Token: token})
	}},
	{"a counter beyond any sensible one is exact", func(t *testing.T, s store.Store) {
		const big = 1<<53 + 1
		token := newToken(limit(big + 1))
		if err := s.Create(t.Context(), store.Record{Token: token, Counter: big}); err != nil {
			t.Fatal(err)
		}
		if d := use(t, s, token.Link, store.Admitted); d.Counter != big+1 || d.Remaining() != 0 {
			t.Fatalf("got counter %d, remaining %d", d.Counter, d.Remaining())
		}
		use(t, s, token.Link, store.Exhausted)
	}},
	{"a counter at its end stays there and the use is admitted", func(t *testing.T, s store.Store) {
		token := newToken()
		if err := s.Create(t.Context(), store.Record{Token: token, Counter: math.MaxInt64}); err != nil {
			t.Fatal(err)
		}
		if d := use(t, s, token.Link, store.Admitted); d.Counter != math.MaxInt64 {
			t.Fatalf("got counter %d", d.Counter)
		}
		wantRecord(t, s, store.Record{Token: token, Counter: math.MaxInt64})
	}},
	{"the token in a decision is the whole token", func(t *testing.T, s store.Store) {
		want := fullToken()
		if err := s.Create(t.Context(), store.Record{Token: want}); err != nil {
			t.Fatal(err)
		}
		d := use(t, s, want.Link, store.Admitted)
		if diff := cmp.Diff(&want, d.Token, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("token (-want +got):\n%s", diff)
		}
	}},
}

// fullToken has a value in every field.
func fullToken() store.Token {
	return newToken(limit(10), issuer("campaign"), func(t *store.Token) {
		t.URL, t.CreatedBy, t.Minutes = "https://example.com:8443/a%20b/", "creator", 60
		t.Expires, t.Modified = present.Add(time.Hour), present.Add(time.Minute)
		t.HashedAccessToken = "$2y$10$" + strings.Repeat("x", 53)
		t.Scopes = []store.Scope{store.ScopeWrite, store.ScopeRead}
		t.Config = []string{"link", "token", "link"}
		t.Data = []byte(`{"b":1,"a":[null,1.50]}`)
	})
}
