package caddymodule

import (
	"context"
	"net/http"
	"sync"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// coverOriginal makes uri the request line of the original request. Its URL is
// shared and already changed; the request line is a value, which a context of
// our own has to cover, and error routes read the placeholder.
func (p *passage) coverOriginal(r *http.Request, uri string) *withoutToken {
	if _, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); !ok {
		return nil
	}
	if p.repl != nil {
		p.repl.Set("http.request.orig_uri", uri)
	}
	return &withoutToken{Context: r.Context(), uri: uri}
}

// withoutToken is the context of a request whose original request line held a
// token. Few handlers look at the original request (php_fastcgi is one), and it
// is large: it is copied for those who do.
type withoutToken struct {
	context.Context
	uri string

	once     sync.Once
	original any // http.Request
}

// Value implements [context.Context].
func (c *withoutToken) Value(key any) any {
	if k, ok := key.(caddy.CtxKey); !ok || k != caddyhttp.OriginalRequestCtxKey {
		return c.Context.Value(key)
	}
	c.once.Do(func() {
		original, _ := c.Context.Value(key).(http.Request)
		original.RequestURI = c.uri
		c.original = original
	})
	return c.original
}

// of is the context for the next handlers of r; a nil c is none of ours.
func (c *withoutToken) of(r *http.Request) context.Context {
	if c == nil {
		return r.Context()
	}
	return c
}

// over returns the request that replaces r for the next handlers.
func (c *withoutToken) over(r *http.Request) *http.Request {
	if c == nil {
		return r
	}
	return r.WithContext(c)
}
