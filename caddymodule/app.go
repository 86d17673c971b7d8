package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store/jwt"
)

// App holds what all gates and the admin handler share: the token store and
// the keys that sign tokens. Without any configuration it works with an
// embedded database in Caddy's data directory and a key of its own making.
//
// The store is opened when the configuration starts, or by the first request
// if that comes sooner; never by `caddy validate` or `caddy adapt`. Reloads
// share the open store. It is closed when the last configuration that uses it
// is gone.
type App struct {
	// The backend that holds tokens and counters: a module of the namespace
	// `linkgate.stores`. Default: `badger`.
	StoreRaw json.RawMessage `json:"store,omitempty" caddy:"namespace=linkgate.stores inline_key=backend"`

	// The keys for the JWT form of tokens. The first one signs, all of them
	// verify. A key that was made at the first start goes on verifying until
	// it is retired with `caddy linkgate retire-key`.
	// Default: one key, made at the first start and kept in the store.
	JWTKeys []JWTKey `json:"jwt_keys,omitempty"`

	provider StoreProvider
	keys     []jwt.Key
	log      *zap.Logger
	now      func() time.Time
	opener   *opener
}

// A JWTKey signs and verifies the JWT form of tokens with HS256.
type JWTKey struct {
	// The key id, as it appears in the header of a JWT.
	ID string `json:"kid"`

	// The secret: at least 32 bytes. Use a placeholder such as
	// `{env.LINKGATE_JWT_KEY}` or `{file./run/jwt.key}`: what is written here
	// literally appears wherever the configuration is shown.
	Secret string `json:"secret"`
}

// CaddyModule returns the Caddy module information.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "linkgate", New: func() caddy.Module { return new(App) }}
}

// Provision loads the store module and resolves the keys. It opens nothing.
func (a *App) Provision(ctx caddy.Context) error {
	a.log = ctx.Logger()
	a.now = func() time.Time { return systemClock.now(a.log) }
	a.opener = new(opener)
	if err := registerMetrics(ctx.GetMetricsRegistry()); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	if len(a.StoreRaw) == 0 {
		a.StoreRaw = json.RawMessage(`{"backend":"badger"}`)
	}
	mod, err := ctx.LoadModule(a, "StoreRaw")
	if err != nil {
		return fmt.Errorf("loading token store: %w", err)
	}
	provider, ok := mod.(StoreProvider)
	if !ok {
		return fmt.Errorf("loading token store: module %T is not a token store", mod)
	}
	a.provider = provider
	if err := errors.Join(checkMove(provider), checkTerms(provider)); err != nil {
		return err
	}
	return a.resolveKeys()
}

func (a *App) resolveKeys() error {
	for _, k := range a.JWTKeys {
		secret, literal, err := resolveSecret(k.Secret)
		if err != nil {
			return fmt.Errorf("jwt_key %s: %w", k.ID, err)
		}
		if literal {
			a.log.Warn("jwt_key"+inConfiguration, zap.String("kid", k.ID))
		}
		key := jwt.Key{ID: k.ID, Secret: []byte(secret)}
		if why := key.Weakness(); why != "" {
			a.log.Warn("jwt_key: the secret can be guessed", zap.String("kid", k.ID), zap.String("why", why))
		}
		a.keys = append(a.keys, key)
	}
	if len(a.keys) == 0 {
		return nil
	}
	if _, err := jwt.NewKeyring(a.keys[0], a.keys[1:]...); err != nil {
		return fmt.Errorf("jwt_key: %w", err)
	}
	return nil
}

// Start opens the store. A directory that another process holds is an error
// here, so that the configuration is refused and the other one keeps running.
// A store that is out of order is none: what needs it is refused, and the other
// sites are served.
func (a *App) Start() error {
	_, err := a.open()
	if isAway(err) {
		a.log.Error("the token store cannot be opened; link routes and the token API are refused", zap.Error(err))
		return nil
	}
	return err
}

// Stop does nothing: requests may still be under way, and what they need is
// let go in Cleanup, after all apps have stopped.
func (a *App) Stop() error { return nil }

// Cleanup gives the store back. It is called after a half-done Provision too.
func (a *App) Cleanup() error {
	if a.opener == nil {
		return nil
	}
	return a.opener.close()
}

// Interface guards
var (
	_ caddy.App          = (*App)(nil)
	_ caddy.Provisioner  = (*App)(nil)
	_ caddy.CleanerUpper = (*App)(nil)
)
