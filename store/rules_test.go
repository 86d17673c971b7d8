package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

var now = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// good returns a token and an attempt that nothing speaks against, with claims
// and every demand that a route can make.
func good() (store.Token, store.Attempt) {
	t := store.Token{
		Link: "0123456789abcdef0123456789abcdef", RID: "rid", URL: "https://example.com/a", Issuer: "iss",
		State: store.Enabled, Limit: 3, Expires: now.Add(time.Hour),
	}
	a := store.Attempt{
		Link: t.Link, Now: now,
		Route:  store.Route{Issuers: []string{"other", "iss"}, MatchURL: true, Host: "example.com", Path: "/a/b"},
		Claims: &store.Claims{Link: t.Link, RID: "rid", Expires: now.Add(time.Minute), NotBefore: now.Add(-time.Minute)},
	}
	return t, a
}

// A presentation is all that Judge looks at.
type presentation struct {
	token   store.Token
	counter int64
	attempt store.Attempt
}

// defects are the reasons that a token can have, in the order of the table in
// section 4 of the contract.
var defects = []struct {
	name   string
	reason store.Reason
	make   func(*presentation)
}{
	{"admin record", store.Unknown, func(p *presentation) { p.token.Scopes = []store.Scope{store.ScopeAdmin} }},
	{"rid of another", store.Unknown, func(p *presentation) { p.attempt.Claims.RID = "other" }},
	{"other campaign", store.Unknown, func(p *presentation) { p.token.Issuer = "third" }},
	{"other path", store.OutOfScope, func(p *presentation) { p.attempt.Route.Path = "/ab" }},
	{"other host", store.OutOfScope, func(p *presentation) { p.token.URL = "https://example.org/a" }},
	{"switched off", store.SwitchedOff, func(p *presentation) { p.token.State = store.Disabled }},
	{"not yet", store.NotYet, func(p *presentation) { p.attempt.Claims.NotBefore = now.Add(time.Second) }},
	{"record over", store.Expired, func(p *presentation) { p.token.Expires = now }},
	{"JWT over", store.Expired, func(p *presentation) { p.attempt.Claims.Expires = now.Add(-time.Hour) }},
	{"spent", store.Exhausted, func(p *presentation) { p.counter = p.token.Limit }},
}

// TestFirstReasonInTheTableWins tries every combination of defects.
func TestFirstReasonInTheTableWins(t *testing.T) {
	t.Parallel()
	for set := range 1 << len(defects) {
		var p presentation
		p.token, p.attempt = good()
		want, names := store.Admitted, ""
		for n, d := range defects {
			if set&(1<<n) == 0 {
				continue
			}
			d.make(&p)
			names += ", " + d.name
			if want == store.Admitted {
				want = d.reason
			}
		}
		d := store.Judge(&p.token, p.counter, &p.attempt)
		if d.Reason != want || d.Admitted() != (set == 0) {
			t.Errorf("none%s: got reason %q, want %q", names, d.Reason, want)
		}
		if d.Token != &p.token || d.Counter != p.counter {
			t.Errorf("none%s: the decision is not about what was presented", names)
		}
	}
}

func TestTokenThatIsNotKeptIsUnknown(t *testing.T) {
	t.Parallel()
	_, a := good()
	if d := store.Judge(nil, 0, &a); d.Reason != store.Unknown || d.Token != nil || d.Remaining() != 0 {
		t.Fatalf("got %+v", d)
	}
}

func TestRulesAtTheirEdges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		want store.Reason
		make func(*presentation)
	}{
		"the last instant":                  {store.Admitted, func(p *presentation) { p.token.Expires = now.Add(1) }},
		"the first instant after the end":   {store.Expired, func(p *presentation) { p.token.Expires = now }},
		"the last instant of the JWT":       {store.Admitted, func(p *presentation) { p.attempt.Claims.Expires = now.Add(1) }},
		"the first instant after the JWT":   {store.Expired, func(p *presentation) { p.attempt.Claims.Expires = now }},
		"the first instant of the JWT":      {store.Admitted, func(p *presentation) { p.attempt.Claims.NotBefore = now }},
		"the instant before it":             {store.NotYet, func(p *presentation) { p.attempt.Claims.NotBefore = now.Add(1) }},
		"the last use":                      {store.Admitted, func(p *presentation) { p.counter = 2 }},
		"more uses than the limit":          {store.Exhausted, func(p *presentation) { p.counter = 4 }},
		"no limit":                          {store.Admitted, func(p *presentation) { p.token.Limit, p.counter = store.NoLimit, 1<<62 }},
		"no end":                            {store.Admitted, func(p *presentation) { p.token.Expires, p.attempt.Claims.Expires = time.Time{}, time.Time{} }},
		"the same end in another time zone": {store.Expired, func(p *presentation) { p.token.Expires = now.In(time.FixedZone("", 7200)) }},
		"the bare link":                     {store.Admitted, func(p *presentation) { p.attempt.Claims = nil }},
		"a gate for any campaign":           {store.Admitted, func(p *presentation) { p.token.Issuer, p.attempt.Route.Issuers = "", nil }},
		"no campaign where one is asked":    {store.Unknown, func(p *presentation) { p.token.Issuer = "" }},
		"a campaign in other letters":       {store.Unknown, func(p *presentation) { p.token.Issuer = "ISS" }},
		"an empty state":                    {store.SwitchedOff, func(p *presentation) { p.token.State = "" }},
		"an admin record as a credential": {store.Admitted, func(p *presentation) {
			p.token.Scopes, p.attempt.AsCredential = []store.Scope{store.ScopeAdmin}, true
		}},
		"a credential without the admin scope at a gate": {store.Admitted, func(p *presentation) {
			p.token.Scopes = []store.Scope{store.ScopeRead, store.ScopeWrite}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p presentation
			p.token, p.attempt = good()
			c.make(&p)
			if d := store.Judge(&p.token, p.counter, &p.attempt); d.Reason != c.want {
				t.Fatalf("got reason %q, want %q", d.Reason, c.want)
			}
		})
	}
}

func TestEarlierEndHolds(t *testing.T) {
	t.Parallel()
	early, late, never := now.Add(time.Minute), now.Add(time.Hour), time.Time{}
	for _, c := range []struct{ record, jwt, want time.Time }{
		{early, late, early},
		{late, early, early},
		{early, never, early},
		{never, early, early},
		{never, never, never},
	} {
		t.Run(fmt.Sprintf("record %v, JWT %v", c.record, c.jwt), func(t *testing.T) {
			t.Parallel()
			token, a := good()
			token.Expires, a.Claims.Expires = c.record, c.jwt
			if d := store.Judge(&token, 0, &a); !d.Ends.Equal(c.want) {
				t.Fatalf("got end %v, want %v", d.Ends, c.want)
			}
			a.Claims = nil
			if d := store.Judge(&token, 0, &a); !d.Ends.Equal(c.record) {
				t.Fatalf("without a JWT: got end %v, want %v", d.Ends, c.record)
			}
		})
	}
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ limit, counter, want int64 }{
		"no limit":             {store.NoLimit, 7, -1},
		"unused":               {3, 0, 3},
		"spent":                {3, 3, 0},
		"spent by a new limit": {3, 9, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := store.Token{Limit: c.limit}
			d := store.Decision{Token: &token, Counter: c.counter}
			r := store.Record{Token: token, Counter: c.counter}
			if d.Remaining() != c.want || r.Remaining() != c.want {
				t.Fatalf("got %d and %d, want %d", d.Remaining(), r.Remaining(), c.want)
			}
		})
	}
}
