package caddymodule

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func TestTheAdminHandlerLeavesOtherPathsToOthers(t *testing.T) {
	t.Parallel()
	g := testGate(t, Gate{})
	a := &AdminHandler{app: g.app}
	nobody := caddyhttp.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return nil })
	somebody := caddyhttp.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusTeapot)
		return nil
	})
	broken := caddyhttp.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return caddyhttp.Error(http.StatusBadGateway, errors.New("gone"))
	})
	tests := map[string]struct {
		path   string
		next   caddyhttp.Handler
		status int
	}{
		"its own path":                      {"/api/v1/health", nobody, 200},
		"its own, unknown":                  {"/api/v1/token/a/b/c", somebody, 404},
		"another path, nobody follows":      {"/other", nobody, 404},
		"another path, somebody follows":    {"/other", somebody, 418},
		"another path, who follows fails":   {"/other", broken, 502},
		"a path that only begins like ours": {"/api/v1/tokenizer", nobody, 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			status := func(err error) int {
				if he, ok := errors.AsType[caddyhttp.HandlerError](err); ok {
					return he.StatusCode
				}
				return w.Code
			}
			if got := status(a.ServeHTTP(w, newRequest(t, tt.path, nil), tt.next)); got != tt.status {
				t.Errorf("status %d, want %d", got, tt.status)
			}
		})
	}
}
