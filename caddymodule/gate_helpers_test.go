package caddymodule

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/memory"
)

// testTime is when everything happens in these tests, unless a test moves it.
var testTime = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// testGate returns a provisioned gate over a memory store that holds records.
func testGate(t testing.TB, g Gate, records ...store.Record) *Gate {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Create(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
	return gateOver(t, g, s)
}

// gateOver returns a provisioned gate over a store.
func gateOver(t testing.TB, g Gate, s store.Store) *Gate {
	t.Helper()
	app := &App{log: zap.NewNop(), now: func() time.Time { return testTime }, opener: new(opener), keys: []jwt.Key{testKey}}
	e, err := app.newEngine(s)
	if err != nil {
		t.Fatal(err)
	}
	app.opener.engine.Store(e)
	g.app, g.log = app, zap.NewNop()
	if err := g.setDefaults(); err != nil {
		t.Fatal(err)
	}
	return &g
}

var testKey = jwt.Key{ID: "test", Secret: []byte("correct horse battery staple 0123456789")}

// record returns a record as the API would have made it.
func record(link string, change ...func(*store.Token)) store.Record {
	tok := store.Token{
		Link: link, UUID: link[:8], RID: "cust1234", URL: "http://clever.com/mytag/", Issuer: "cpg",
		State: store.Enabled, Created: testTime.Add(-time.Hour), Modified: testTime.Add(-time.Hour),
		Expires: testTime.Add(time.Hour), Minutes: 120,
	}
	for _, c := range change {
		c(&tok)
	}
	return store.Record{Token: tok}
}

func limited(n int64) func(*store.Token) { return func(t *store.Token) { t.Limit = n } }

// newRequest returns a request as Caddy would hand it to a handler.
func newRequest(t *testing.T, target string, header http.Header) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RequestURI = target
	maps.Copy(r.Header, header)
	return prepared(r)
}

// prepared gives r what a Caddy server gives to each request.
func prepared(r *http.Request) *http.Request {
	return caddyhttp.PrepareRequest(r, caddy.NewReplacer(), httptest.NewRecorder(), nil)
}

// An upstream records what reaches it.
type upstream struct {
	requests []*http.Request
	answer   http.HandlerFunc
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) error {
	u.requests = append(u.requests, r.Clone(context.WithoutCancel(r.Context())))
	if u.answer != nil {
		u.answer(w, r)
		return nil
	}
	_, err := w.Write([]byte("hello"))
	return err
}

// pass sends r through g and returns what the client and the upstream got.
func pass(t *testing.T, g *Gate, r *http.Request) (*httptest.ResponseRecorder, *upstream) {
	t.Helper()
	w, u := httptest.NewRecorder(), new(upstream)
	if err := g.ServeHTTP(w, r, u); err != nil {
		t.Fatalf("handler error: %v", err)
	}
	return w, u
}

// used is the counter of link.
func used(t *testing.T, g *Gate, link string) int64 {
	t.Helper()
	e, err := g.app.open()
	if err != nil {
		t.Fatal(err)
	}
	rec, err := e.Get(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Counter
}
