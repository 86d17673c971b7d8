package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// answersItself are the handlers that ask no upstream. Of any other one that is
// not known.
var answersItself = map[caddy.ModuleID]bool{
	"http.handlers.encode":          true,
	"http.handlers.error":           true,
	"http.handlers.file_server":     true,
	"http.handlers.headers":         true,
	"http.handlers.log_append":      true,
	"http.handlers.map":             true,
	"http.handlers.request_body":    true,
	"http.handlers.rewrite":         true,
	"http.handlers.static_response": true,
	"http.handlers.templates":       true,
	"http.handlers.tracing":         true,
	"http.handlers.vars":            true,
}

// errorRouteMayAsk reports whether an error route of the server might send the
// request to an upstream: to a second one that stands in for the first, say.
// Such a request keeps the use that it paid with.
func errorRouteMayAsk(r *http.Request, err error) bool {
	asked := askedAgain(r, err)
	if asked == nil {
		return false
	}
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	return (&searcher{request: asked}).routesMayAsk(server.Errors.Routes)
}

// A searcher walks routes as Caddy would, without running a handler.
type searcher struct {
	request *http.Request

	// altered is set behind the first handler: it may have changed what the
	// matchers see, so that from there on each of them may match.
	altered bool
}

func (s *searcher) routesMayAsk(routes caddyhttp.RouteList) bool {
	groups := make(map[string]bool)
	for i := range routes {
		route := &routes[i]
		if !s.altered {
			if route.Group != "" && groups[route.Group] {
				continue
			}
			matches, err := route.MatcherSets.AnyMatchWithError(s.request)
			if err != nil {
				return true
			}
			if !matches {
				continue
			}
		}
		groups[route.Group] = true
		if s.handlersMayAsk(route.Handlers) {
			return true
		}
	}
	return false
}

func (s *searcher) handlersMayAsk(handlers []caddyhttp.MiddlewareHandler) bool {
	for _, h := range handlers {
		if isUnmet(h) {
			continue
		}
		if sub, ok := h.(*caddyhttp.Subroute); ok {
			if sub.Errors != nil || s.routesMayAsk(sub.Routes) {
				return true
			}
			continue
		}
		m, ok := h.(caddy.Module)
		if !ok || !answersItself[m.CaddyModule().ID] {
			return true
		}
		s.altered = true
	}
	return false
}
