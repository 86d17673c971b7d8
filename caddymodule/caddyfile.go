package caddymodule

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// All registrations are here, so that their order can be seen.
func init() {
	caddycmd.RegisterCommand(linkgateCommand())
	caddy.RegisterModule(App{})
	caddy.RegisterModule(BadgerStore{})
	caddy.RegisterModule(RedisStore{})
	caddy.RegisterModule(Gate{})
	caddy.RegisterModule(AdminHandler{})
	caddy.RegisterModule(Operations{})
	caddy.RegisterModule(LogFilter{})

	httpcaddyfile.RegisterGlobalOption("linkgate", parseGlobal)
	httpcaddyfile.RegisterHandlerDirective("linkgate", parseGate)
	httpcaddyfile.RegisterHandlerDirective("linkgate_admin", parseAdmin)
	// who fails a login spends no use
	httpcaddyfile.RegisterDirectiveOrder("linkgate", httpcaddyfile.After, "forward_auth")
	httpcaddyfile.RegisterDirectiveOrder("linkgate_admin", httpcaddyfile.After, "metrics")
}

// parseGlobal sets up the global option linkgate. Syntax:
//
//	linkgate {
//		store   <backend> { … }
//		jwt_key <kid> <secret>
//	}
func parseGlobal(d *caddyfile.Dispenser, existing any) (any, error) {
	d.Next() // the option's name
	if existing != nil {
		return nil, d.Err("linkgate: this global option was already specified")
	}
	if d.NextArg() {
		return nil, d.Errf("linkgate: surplus argument %q", d.Val())
	}
	app := new(App)
	err := parseBlock(d, "linkgate", options{
		"store":   once(app.parseStore),
		"jwt_key": repeatable(app.parseJWTKey),
	})
	if err != nil {
		return nil, err
	}
	return httpcaddyfile.App{Name: "linkgate", Value: caddyconfig.JSON(app, nil)}, nil
}

func (a *App) parseStore(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return errArguments
	}
	name := d.Val()
	mod, err := caddyfile.UnmarshalModule(d, "linkgate.stores."+name)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	a.StoreRaw = caddyconfig.JSONModuleObject(mod, "backend", name, nil)
	return nil
}

func (a *App) parseJWTKey(d *caddyfile.Dispenser) error {
	var k JWTKey
	if !d.AllArgs(&k.ID, &k.Secret) {
		return errArguments
	}
	for _, other := range a.JWTKeys {
		if other.ID == k.ID {
			return d.Errf("jwt_key: the key id %q was already specified", k.ID)
		}
	}
	a.JWTKeys = append(a.JWTKeys, k)
	return nil
}

// parseAdmin sets up the admin handler. Syntax:
//
//	linkgate_admin [<matcher>]
func parseAdmin(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	a := new(AdminHandler)
	return a, a.UnmarshalCaddyfile(h.Dispenser)
}
