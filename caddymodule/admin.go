package caddymodule

import (
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/linkgate/linkgate/admin"
)

// AdminHandler serves the token API: it makes, shows, changes and deletes
// tokens for callers with a credential. It owns the paths `/api/v1/token`,
// `/api/v1/tokens`, `/api/v1/health` and `/api/v1/openapi.json` and what lies
// below them; any other request goes to the next handler, and is 404 where none
// follows. Put it on an address that only its callers reach.
type AdminHandler struct {
	app *App
}

// CaddyModule returns the Caddy module information.
func (AdminHandler) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.linkgate_admin",
		New: func() caddy.Module { return new(AdminHandler) },
	}
}

// Provision finds the app.
func (a *AdminHandler) Provision(ctx caddy.Context) error {
	app, err := linkgateApp(ctx)
	a.app = app
	return err
}

func (a *AdminHandler) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if !admin.Owns(r.URL.EscapedPath()) {
		return serveOr404(w, r, next)
	}
	e, err := a.app.open()
	if err != nil {
		admin.WriteUnavailable(w, r)
		return nil
	}
	e.api.ServeHTTP(w, r)
	return nil
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	linkgate_admin [<matcher>]
func (a *AdminHandler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the directive's name
	if d.NextArg() {
		return d.Errf("linkgate_admin: surplus argument %q", d.Val())
	}
	return parseBlock(d, "linkgate_admin", options{})
}

// linkgateApp returns the app of this configuration. Where none is configured
// there is one with all its defaults.
func linkgateApp(ctx caddy.Context) (*App, error) {
	mod, err := ctx.App("linkgate")
	if err != nil {
		return nil, fmt.Errorf("loading the linkgate app: %w", err)
	}
	return mod.(*App), nil
}

// clientIP is the client's address as Caddy sees it, behind proxies that the
// operator trusts.
func clientIP(r *http.Request) string {
	ip, _ := caddyhttp.GetVar(r.Context(), caddyhttp.ClientIPVarKey).(string)
	return ip
}

// Interface guards
var (
	_ caddy.Provisioner           = (*AdminHandler)(nil)
	_ caddyhttp.MiddlewareHandler = (*AdminHandler)(nil)
	_ caddyfile.Unmarshaler       = (*AdminHandler)(nil)
)
