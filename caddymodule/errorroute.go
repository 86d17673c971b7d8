package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// errorRouteMatches reports whether an error route of the server would answer
// err. Caddy's own answer, where none does, is an empty body.
func errorRouteMatches(r *http.Request, err error) bool {
	asked := askedAgain(r, err)
	if asked == nil {
		return false
	}
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	return anyRouteAnswers(server.Errors.Routes, asked)
}

// askedAgain is the request as the error routes will see it: with the URL that
// the client sent. It is nil where the server has no error routes.
func askedAgain(r *http.Request, err error) *http.Request {
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if server == nil || server.Errors == nil || len(server.Errors.Routes) == 0 {
		return nil
	}
	asked := server.Errors.WithError(r, err)
	asked.URL = originalURL(r)
	if or, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok {
		asked.Method, asked.RequestURI = or.Method, or.RequestURI
	}
	return asked
}

// anyRouteAnswers walks the routes as Caddy does, without running a handler.
func anyRouteAnswers(routes caddyhttp.RouteList, r *http.Request) bool {
	groups := make(map[string]bool)
	for i := range routes {
		route := &routes[i]
		if route.Group != "" && groups[route.Group] {
			continue
		}
		matches, err := route.MatcherSets.AnyMatchWithError(r)
		if err != nil {
			// Caddy has to deal with it
			return true
		}
		if !matches {
			continue
		}
		groups[route.Group] = true
		if anyHandlerAnswers(route.Handlers, r) {
			return true
		}
		if route.Terminal {
			return false
		}
	}
	return false
}

// anyHandlerAnswers looks into subroutes, which is where a site's error routes
// are; any other handler counts as an answer, but for our own.
func anyHandlerAnswers(handlers []caddyhttp.MiddlewareHandler, r *http.Request) bool {
	for _, h := range handlers {
		if isUnmet(h) {
			continue
		}
		sub, ok := h.(*caddyhttp.Subroute)
		if !ok || anyRouteAnswers(sub.Routes, r) {
			return true
		}
	}
	return false
}
