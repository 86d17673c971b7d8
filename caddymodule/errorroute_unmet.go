package caddymodule

import (
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// unmet begins the error routes of servers with a gate. A request that somebody
// else refused before it met the gate, such as a login, has no reason and no
// token: there {http.linkgate.*} has to be empty, and Caddy would show the name
// of a placeholder that nobody knows.
type unmet struct{}

func (unmet) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	if met(r) == nil {
		enter(r)
	}
	return next.ServeHTTP(w, r)
}

// beginErrorRoutes puts unmet in front of the handlers of all error routes that
// are not provisioned yet. Those of a server are provisioned after its gates;
// to others it makes no difference.
func beginErrorRoutes(ctx caddy.Context) {
	for _, module := range ctx.Modules() {
		app, ok := module.(*caddyhttp.App)
		if !ok {
			continue
		}
		for _, server := range app.Servers {
			if server.Errors == nil {
				continue
			}
			// In place: the list may be under way of being provisioned.
			for i := range server.Errors.Routes {
				route := &server.Errors.Routes[i]
				if !slices.ContainsFunc(route.Handlers, isUnmet) {
					route.Handlers = slices.Insert(route.Handlers, 0, caddyhttp.MiddlewareHandler(unmet{}))
				}
			}
		}
	}
}

func isUnmet(h caddyhttp.MiddlewareHandler) bool {
	_, ok := h.(unmet)
	return ok
}

// Interface guard
var _ caddyhttp.MiddlewareHandler = unmet{}
