package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
	"github.com/linkgate/linkgate/store/memory"
)

// A fakeProvider describes a store in memory and counts what is done with it.
type fakeProvider struct {
	resource, terms, dir string
	fails                error
	opened               atomic.Int32
	last                 atomic.Pointer[memory.Store]
}

func (*fakeProvider) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "linkgate.stores.fake"}
}

func (p *fakeProvider) Resource() (string, error) { return p.resource, nil }

func (p *fakeProvider) Terms() string { return p.terms }

func (p *fakeProvider) DataDir() string { return p.dir }

func (p *fakeProvider) Open(*zap.Logger) (store.Store, error) {
	p.opened.Add(1)
	if p.fails != nil {
		return nil, p.fails
	}
	s := memory.New()
	p.last.Store(s)
	return s, nil
}

// appOver is an app as it is after Provision.
func appOver(t *testing.T, p *fakeProvider) *App {
	t.Helper()
	a := &App{provider: p, log: zap.NewNop(), now: time.Now, opener: new(opener)}
	t.Cleanup(func() { _ = a.Cleanup() })
	return a
}

func newProvider(t *testing.T) *fakeProvider {
	t.Helper()
	return &fakeProvider{resource: "fake:" + t.Name(), dir: t.TempDir()}
}

// isOpen reports whether the store that was opened last is open.
func (p *fakeProvider) isOpen(t *testing.T) bool {
	t.Helper()
	return p.last.Load().Health(t.Context()) == nil
}

// Caddy starts apps in random order, so that the first requests can come
// before the app's Start, and from any number of clients.
func TestTheFirstRequestBeforeStartOpensTheStoreOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := appOver(t, p)
	g := &Gate{app: app, log: zap.NewNop()}
	if err := g.setDefaults(); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			w := httptest.NewRecorder()
			r := newRequest(t, "/"+store.NewLink(), nil)
			if err := g.ServeHTTP(w, r, new(upstream)); err != nil || w.Code != http.StatusNotFound {
				t.Errorf("an early request was answered with %d, %v", w.Code, err)
			}
		})
	}
	wait.Go(func() {
		if err := app.Start(); err != nil {
			t.Error(err)
		}
	})
	wait.Wait()
	if n := p.opened.Load(); n != 1 {
		t.Errorf("the store was opened %d times, want once", n)
	}
	if err := app.Cleanup(); err != nil || p.isOpen(t) {
		t.Errorf("the store is open after Cleanup: %v", err)
	}
}

func TestAStoreThatCannotBeOpenedRefusesRequestsAndStart(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.fails = errors.New("the directory is locked")
	app := appOver(t, p)
	g := &Gate{app: app, log: zap.NewNop()}
	if err := g.setDefaults(); err != nil {
		t.Fatal(err)
	}
	w, u := pass(t, g, newRequest(t, "/"+store.NewLink(), nil))
	if w.Code != http.StatusServiceUnavailable || len(u.requests) > 0 {
		t.Errorf("a request was answered with %d and reached the upstream %d times", w.Code, len(u.requests))
	}
	if err := app.Start(); !errors.Is(err, p.fails) {
		t.Errorf("Start says %v", err)
	}
	if n := p.opened.Load(); n != 1 {
		t.Errorf("the store was tried %d times, want once", n)
	}
	if err := app.Cleanup(); err != nil {
		t.Error(err)
	}
}

func TestAStoreThatIsOutOfOrderLeavesTheOtherSitesUp(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	p.fails = fmt.Errorf("opening: %w", store.ErrUnavailable)
	app := appOver(t, p)
	core, logs := observer.New(zapcore.ErrorLevel)
	app.log = zap.New(core)
	if err := app.Start(); err != nil {
		t.Fatalf("the configuration is refused: %v", err)
	}
	if logs.Len() != 1 || !strings.Contains(fmt.Sprint(logs.All()[0].ContextMap()["error"]), p.fails.Error()) {
		t.Errorf("the log says %v, want one line with the reason", logs.All())
	}
	g := &Gate{app: app, log: zap.NewNop()}
	if err := g.setDefaults(); err != nil {
		t.Fatal(err)
	}
	w, u := pass(t, g, newRequest(t, "/"+store.NewLink(), nil))
	if w.Code != http.StatusServiceUnavailable || len(u.requests) > 0 {
		t.Errorf("a request was answered with %d and reached the upstream %d times", w.Code, len(u.requests))
	}
}

// The bug of other plugins: a configuration that was refused before it held
// the store let go of the running one's share, and live traffic got 503.
func TestARefusedConfigurationLetsGoOfNothingItDoesNotHold(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	running := appOver(t, p)
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	changed := &fakeProvider{resource: p.resource, terms: "others", dir: p.dir}
	refused := map[string]*App{
		"never provisioned":           {},
		"provisioned, never started":  appOver(t, p),
		"started on terms not agreed": appOver(t, changed),
		"refused after its start":     appOver(t, p),
	}
	if err := refused["started on terms not agreed"].Start(); err == nil {
		t.Error("other terms for an open store were accepted")
	}
	if err := refused["refused after its start"].Start(); err != nil {
		t.Error(err)
	}
	for name, app := range refused {
		for range 3 {
			if err := app.Cleanup(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if !p.isOpen(t) {
			t.Fatalf("%s: the running configuration's store is closed", name)
		}
	}
	if n := p.opened.Load() + changed.opened.Load(); n != 1 {
		t.Errorf("the store was opened %d times, want once", n)
	}
	if err := running.Cleanup(); err != nil || p.isOpen(t) {
		t.Errorf("the store stays open when nobody holds it: %v", err)
	}
}

func TestAfterCleanupNothingIsOpenedAgain(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	app := appOver(t, p)
	if err := app.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if _, err := app.open(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("open says %v, want ErrClosed", err)
	}
	if n := p.opened.Load(); n != 0 {
		t.Errorf("the store was opened %d times", n)
	}
}

func TestOtherTermsAreFoundOutBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	if err := checkTerms(p); err != nil {
		t.Errorf("nothing is open, and yet: %v", err)
	}
	running := appOver(t, p)
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	if err := checkTerms(&fakeProvider{resource: p.resource, terms: "others", dir: p.dir}); err == nil {
		t.Error("other terms for an open store were accepted")
	}
	if err := checkTerms(p); err != nil {
		t.Errorf("the same terms: %v", err)
	}
	if err := running.Cleanup(); err != nil {
		t.Error(err)
	}
}

func TestADirectoryHasOneNameBeforeAndAfterItIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	names := func() (all []string) {
		for _, path := range []string{real + "/a/db", link + "/a/db", link + "/a/./db/", real + "/../link/a/db"} {
			name, err := (&BadgerStore{Path: path}).Resource()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, name)
		}
		return slices.Compact(all)
	}
	before := names()
	if _, err := os.Stat(filepath.Join(real, "a")); err == nil {
		t.Error("naming the directory made it")
	}
	if err := os.MkdirAll(filepath.Join(real, "a", "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	if after := names(); len(before) != 1 || !slices.Equal(before, after) {
		t.Errorf("named %q before and %q after", before, after)
	}
}

// A store that has no room at the start is opened when it has, and damage is
// not looked at again and again.
func TestAStoreThatBecomesAvailableIsOpenedWithoutARestart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		why    error
		opened bool
	}{
		"no room": {fmt.Errorf("opening: %w: %w", store.ErrUnavailable, badger.ErrNoSpace), true},
		"damage":  {fmt.Errorf("opening: %w: %w", store.ErrUnavailable, badger.ErrCorrupt), false},
		"a lock":  {badger.ErrLocked, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.fails = c.why
			app := appOver(t, p)
			now := time.Now()
			app.now = func() time.Time { return now }
			if _, err := app.open(); !errors.Is(err, c.why) {
				t.Fatalf("got %v, want %v", err, c.why)
			}
			p.fails = nil
			if _, err := app.open(); !errors.Is(err, c.why) {
				t.Errorf("it was tried again at once: %v", err)
			}
			now = now.Add(retryEvery)
			if _, err := app.open(); (err == nil) != c.opened {
				t.Errorf("later: %v", err)
			}
		})
	}
}
