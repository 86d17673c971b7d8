package caddymodule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// Operations are what an operator does to the running gateway from the machine
// that it runs on, through Caddy's admin endpoint. The command `caddy linkgate`
// calls them.
//
//	GET  /linkgate/health           whether uses can be counted right now
//	POST /linkgate/retire-key       forgets the signing key that the store made
//	POST /linkgate/accept-rollback  goes on with a store that was set back
//	POST /linkgate/import           takes over tokens of another system
//	POST /linkgate/copy/…           the two sides of `caddy linkgate copy`
type Operations struct{}

// CaddyModule returns the Caddy module information.
func (Operations) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "admin.api.linkgate", New: func() caddy.Module { return new(Operations) }}
}

// Routes returns the routes below /linkgate/.
func (o Operations) Routes() []caddy.AdminRoute {
	return append([]caddy.AdminRoute{
		{Pattern: "GET /linkgate/health", Handler: caddy.AdminHandlerFunc(o.health)},
		{Pattern: "POST /linkgate/retire-key", Handler: caddy.AdminHandlerFunc(o.retireKey)},
		{Pattern: "POST /linkgate/accept-rollback", Handler: caddy.AdminHandlerFunc(o.acceptRollback)},
		{Pattern: "POST /linkgate/import", Handler: caddy.AdminHandlerFunc(o.importTokens)},
	}, o.copyRoutes()...)
}

// runningApp is the app of the configuration that runs now. It is looked up
// with each request: a router outlives the configuration that made it, and a
// refused reload leaves one behind that belongs to nothing.
func runningApp() (*App, error) {
	ctx := caddy.ActiveContext()
	if ctx.Context == nil {
		return nil, notConfigured(errors.New("no configuration is running"))
	}
	mod, err := ctx.AppIfConfigured("linkgate")
	if err != nil {
		return nil, notConfigured(err)
	}
	return mod.(*App), nil
}

// runningEngine is the open store of that app as well.
func runningEngine() (*App, *engine, error) {
	app, err := runningApp()
	if err != nil {
		return nil, nil, err
	}
	e, err := app.open()
	if err != nil {
		return nil, nil, unserved(err)
	}
	return app, e, nil
}

// unserved is the answer where the store cannot do what is asked.
func unserved(err error) error {
	return caddy.APIError{HTTPStatus: http.StatusServiceUnavailable, Err: err}
}

func notConfigured(err error) error {
	return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: fmt.Errorf("linkgate is not part of the running configuration: %w", err)}
}

func (Operations) health(w http.ResponseWriter, r *http.Request) error {
	_, e, err := runningEngine()
	if err != nil {
		return err
	}
	if err := e.Health(r.Context()); err != nil {
		return unserved(err)
	}
	return reply(w, struct {
		Status string `json:"status"`
		storeName
	}{"ok", nameOf(e.Store)})
}

func (Operations) retireKey(w http.ResponseWriter, r *http.Request) error {
	app, err := runningApp()
	if err != nil {
		return err
	}
	if err := app.retireKey(r.Context()); err != nil {
		return err
	}
	return reply(w, map[string]string{"status": "retired"})
}

// retireKey forgets the key that the store made at its first start. JWTs that
// it signed are unknown from then on; their links go on working.
func (a *App) retireKey(ctx context.Context) error {
	if len(a.keys) == 0 {
		return caddy.APIError{HTTPStatus: http.StatusConflict, Err: errors.New("the key is in use: add a jwt_key to the configuration first")}
	}
	e, err := a.open()
	if err != nil {
		return unserved(err)
	}
	err = e.Forget(ctx, jwt.VaultName)
	if errors.Is(err, store.ErrNotFound) {
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: errors.New("the store holds no key of its own")}
	}
	if err != nil {
		return unserved(err)
	}
	a.log.Info("retired the signing key that the store had made")
	return a.loadKeys(ctx, e)
}

func reply(w http.ResponseWriter, body any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(body)
}

// Interface guards
var _ caddy.AdminRouter = (*Operations)(nil)
