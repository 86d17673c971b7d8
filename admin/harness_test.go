package admin_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/memory"
)

// testSecret is the secret of every credential in these tests.
const testSecret = "correct-horse-battery-staple"

// testHash is a cheap hash of it, made once.
var testHash = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte(testSecret), bcrypt.MinCost)
	if err != nil {
		panic(err)
	}
	return string(hash)
})

// An api is a handler over a store of its own, with a clock that stands still.
type api struct {
	t       *testing.T
	handler http.Handler
	store   store.Store
	keys    *jwt.Keyring
	logs    *observer.ObservedLogs
	audits  *audits
	options admin.Options

	// reader, writer, both and root are credentials with the scopes read;
	// write; read and write; and all three.
	reader, writer, both, root string

	mu  sync.Mutex
	now time.Time
}

// newAPI makes an api over a store in memory.
func newAPI(t *testing.T) *api { return newAPIOver(t, memory.New()) }

// newAPIOver makes an api over a store that may be made to fail.
func newAPIOver(t *testing.T, s store.Store) *api {
	t.Helper()
	keys, err := jwt.NewKeyring(jwt.GenerateKey())
	if err != nil {
		t.Fatal(err)
	}
	core, logs := observer.New(zap.DebugLevel)
	a := &api{t: t, store: s, keys: keys, logs: logs, audits: new(audits)}
	a.now = time.Date(2026, 11, 22, 12, 0, 30, 123456789, time.UTC)
	a.options = admin.Options{
		Store: s, Log: zap.New(core), Now: a.clock, Audit: a.audits.add,
		Keys: func() *jwt.Keyring { return keys },
	}
	a.handler = admin.HashCheaply(admin.New(a.options))
	a.reader = a.credential(store.ScopeRead)
	a.writer = a.credential(store.ScopeWrite)
	a.both = a.credential(store.ScopeRead, store.ScopeWrite)
	a.root = a.credential(store.ScopeRead, store.ScopeWrite, store.ScopeAdmin)
	return a
}

func (a *api) clock() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// wait moves the clock.
func (a *api) wait(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// keep puts a token into the store, with defaults for what it must have.
func (a *api) keep(token store.Token, counter int64) store.Token {
	a.t.Helper()
	if token.Link == "" {
		token.Link = store.NewLink()
	}
	if token.State == "" {
		token.State = store.Enabled
	}
	if token.Created.IsZero() {
		token.Created = a.clock().Truncate(time.Microsecond)
		token.Modified = token.Created
	}
	if err := a.store.Create(a.t.Context(), store.Record{Token: token, Counter: counter}); err != nil {
		a.t.Fatal(err)
	}
	return token
}

// credential keeps a credential with scopes and returns it.
func (a *api) credential(scopes ...store.Scope) string {
	a.t.Helper()
	token := a.keep(store.Token{HashedAccessToken: testHash(), Scopes: scopes, UUID: "uuid-of-" + string(scopes[len(scopes)-1])}, 0)
	return token.Link + "." + testSecret
}

// record returns what is kept of a link.
func (a *api) record(link string) store.Record {
	a.t.Helper()
	r, err := a.store.Get(a.t.Context(), link)
	if err != nil {
		a.t.Fatal(err)
	}
	return r
}

// idOf is the link of a credential.
func idOf(credential string) string {
	id, _, _ := strings.Cut(credential, ".")
	return id
}

// create makes a token over the API and returns its link.
func (a *api) create(body string) string {
	a.t.Helper()
	r := a.do("POST", "/api/v1/token", body, as(a.both)).is(200)
	link, _ := r.json["link"].(string)
	if !store.ValidLink(link) {
		a.t.Fatalf("no link in %s", r.text)
	}
	return link
}

// simple is the body of a create with nothing special.
const simple = `{"rid":"cust1234","url":"http://clever.com/mytag/","exp":1440,"iss":"cpg_sale50_off"}`

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }
