package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// The values below come from small sets, so that records collide, share
// campaigns and instants, and run out of uses.

func drawLink(rt *rapid.T) string {
	return rapid.SampledFrom([]string{
		"00000000000000000000000000000000", "00000000000000000000000000000001", "0123456789abcdef0123456789abcdef",
		"7fffffffffffffffffffffffffffffff", "80000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
		"2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f", "612f612f612f612f612f612f612f612f",
	}).Draw(rt, "link")
}

func drawName(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"k", "k/", "k/1", "K", "~"}).Draw(rt, "name")
}

func drawIssuer(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a", "a/", "a/b", "ab", "\x00", "ÿ"}).Draw(rt, "iss")
}

// drawEnd draws a time that is over, one that is to come, or none.
func drawEnd(rt *rapid.T, label string) time.Time {
	return rapid.SampledFrom([]time.Time{{}, {}, present.Add(-time.Hour), present.Add(time.Hour)}).Draw(rt, label)
}

func drawRecord(rt *rapid.T) store.Record {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, label) }
	return store.Record{
		Counter: rapid.Int64Range(0, 2).Draw(rt, "counter"),
		Token: store.Token{
			Link: drawLink(rt), UUID: pick("uuid", "u1", "u2"), CreatedBy: pick("creator", "", "c"),
			RID: pick("rid", "", "rid", "other"), URL: pick("url", "", "https://example.com/a"),
			Issuer:   drawIssuer(rt),
			Limit:    rapid.SampledFrom([]int64{store.NoLimit, 1, 2, 3, 9}).Draw(rt, "limit"),
			State:    rapid.SampledFrom([]store.State{store.Enabled, store.Enabled, store.Disabled}).Draw(rt, "state"),
			Created:  present.Add(time.Duration(rapid.IntRange(-2, 2).Draw(rt, "created")) * time.Microsecond),
			Modified: present,
			Expires:  drawEnd(rt, "expires"),
			Scopes: rapid.SampledFrom([][]store.Scope{
				nil, nil, {store.ScopeRead}, {store.ScopeWrite, store.ScopeAdmin},
			}).Draw(rt, "scopes"),
			Data: json.RawMessage(pick("data", "", "{}", `{ "n" : 1e400 }`)),
		},
	}
}

func drawAttempt(rt *rapid.T, link string) store.Attempt {
	a := store.Attempt{Link: link, Now: present, AsCredential: rapid.Bool().Draw(rt, "as credential")}
	if rapid.IntRange(0, 3).Draw(rt, "route") == 0 {
		a.Route.Issuers = []string{drawIssuer(rt), "b"}
	}
	if rapid.IntRange(0, 3).Draw(rt, "match url") == 0 {
		a.Route.MatchURL, a.Route.Host = true, "example.com"
		a.Route.Path = rapid.SampledFrom([]string{"/a", "/a/b", "/ab", "/"}).Draw(rt, "path")
	}
	if rapid.IntRange(0, 3).Draw(rt, "claims") == 0 {
		a.Claims = &store.Claims{
			Link: link, RID: rapid.SampledFrom([]string{"", "rid"}).Draw(rt, "claimed rid"),
			Expires: drawEnd(rt, "claimed end"), NotBefore: drawEnd(rt, "not before"),
		}
	}
	return a
}

func drawQuery(rt *rapid.T) store.Query {
	return store.Query{Issuer: drawIssuer(rt), WithAdmins: rapid.Bool().Draw(rt, "with admins")}
}

// errRefused is what some of the changes return.
var errRefused = errors.New("refused by the change")

// drawChange draws one of the changes that an API makes.
func drawChange(rt *rapid.T) func(*store.Token) error {
	r := drawRecord(rt).Token
	return rapid.SampledFrom([]func(*store.Token) error{
		func(t *store.Token) error { t.State, t.Limit = r.State, r.Limit; return nil },
		func(t *store.Token) error { t.Issuer, t.Scopes = r.Issuer, slices.Clone(r.Scopes); return nil },
		func(t *store.Token) error { t.Expires, t.Data = r.Expires, r.Data; return nil },
		func(t *store.Token) error { *t = r; return nil },
		func(t *store.Token) error { *t = r; return errRefused },
	}).Draw(rt, "change")
}
