package caddymodule

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
	"github.com/linkgate/linkgate/store/memory"
)

// A sharedFake is one gateway's way to a store that several have.
type sharedFake struct {
	fakeProvider
	shared store.Store
}

func (*sharedFake) Shared() bool { return true }

func (p *sharedFake) Open(*zap.Logger) (store.Store, error) { return undying{p.shared}, nil }

// undying is a share in a store, which its end leaves open.
type undying struct{ store.Store }

func (undying) Close() error { return nil }

// gatewaysOver are gateways that share a store, as if each were a process.
func gatewaysOver(t *testing.T, s store.Store, n int) []*App {
	t.Helper()
	apps := make([]*App, n)
	for i := range apps {
		p := &sharedFake{shared: s, fakeProvider: fakeProvider{resource: t.Name() + string(rune('a'+i)), dir: t.TempDir()}}
		apps[i] = &App{provider: p, log: caddy.Log(), now: time.Now, opener: new(opener)}
	}
	return apps
}

func TestAKeyThatAnotherGatewayRetiresIsUnknownWithinASecond(t *testing.T) {
	s := memory.New()
	synctest.Test(t, func(t *testing.T) {
		start := func(app *App) *engine {
			if err := app.Start(); err != nil {
				t.Fatal(err)
			}
			e, err := app.open()
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		before := gatewaysOver(t, s, 1)[0]
		token, err := start(before).keys.Load().Sign(store.Claims{Link: linkA, RID: "r", Expires: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		_ = before.Cleanup()

		apps, configured := gatewaysOver(t, s, 2), jwt.GenerateKey()
		for _, app := range apps {
			app.keys = []jwt.Key{configured}
			defer func() { _ = app.Cleanup() }()
		}
		start(apps[0])
		other := start(apps[1])
		time.Sleep(time.Second)
		if _, err := other.keys.Load().Verify(token); err != nil {
			t.Errorf("the old key is gone before it is retired: %v", err)
		}
		if err := apps[0].retireKey(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if _, err := other.keys.Load().Verify(token); err == nil {
			t.Error("the other gateway still takes the retired key")
		}
	})
}

func TestKeysThatStayTheSameKeepTheirMemory(t *testing.T) {
	s := memory.New()
	synctest.Test(t, func(t *testing.T) {
		app := gatewaysOver(t, s, 1)[0]
		if err := app.Start(); err != nil {
			t.Fatal(err)
		}
		e, _ := app.open()
		before := e.keys.Load()
		time.Sleep(3 * followEvery)
		if e.keys.Load() != before {
			t.Error("the ring was made anew")
		}
		// nothing may go on after the end: synctest would notice
		if err := app.Cleanup(); err != nil {
			t.Error(err)
		}
	})
}

func TestGatewaysThatStartTogetherAgreeOnEverything(t *testing.T) {
	t.Parallel()
	apps := gatewaysOver(t, memory.New(), 4)
	errs := make(chan error, len(apps))
	for _, app := range apps {
		go func() { errs <- app.Start() }()
	}
	for range apps {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	first, _ := apps[0].open()
	for _, app := range apps {
		e, err := app.open()
		if err != nil {
			t.Fatal(err)
		}
		if !e.keys.Load().Same(first.keys.Load()) {
			t.Error("two gateways sign with two keys")
		}
		text, err := first.sessions.Load().appendSealed(nil, linkA, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if link, ok := e.sessions.Load().open(string(text), time.Now()); !ok || link != linkA {
			t.Error("a session of one gateway is unknown to another one")
		}
		if err := app.Cleanup(); err != nil {
			t.Error(err)
		}
	}
	page, err := first.List(t.Context(), store.Query{WithAdmins: true})
	if err != nil || page.Total != 1 {
		t.Errorf("%d first credentials were made, %v", page.Total, err)
	}
}
