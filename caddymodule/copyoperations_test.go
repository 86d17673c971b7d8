package caddymodule

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddyserver/caddy/v2"
)

func TestACopyIsServedToThisMachineOnly(t *testing.T) {
	t.Parallel()
	for peer, local := range map[string]bool{
		"127.0.0.1:1": true, "127.8.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "@": true, "": true,
		"10.0.0.1:1": false, "[fe80::1%eth0]:1": false, "[2001:db8::1]:1": false, "0.0.0.0:1": false, "localhost:1": false, "pipe": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/linkgate/copy/records", nil)
		r.RemoteAddr = peer
		if got := isLocal(r); got != local {
			t.Errorf("%q is local: %v", peer, got)
		}
		if local {
			continue
		}
		for _, route := range (Operations{}).copyRoutes() {
			err := route.Handler.ServeHTTP(httptest.NewRecorder(), r)
			if problem, ok := err.(caddy.APIError); !ok || problem.HTTPStatus != http.StatusForbidden { //nolint:errorlint // as Caddy asks for it
				t.Errorf("%s answers %q with %v", route.Pattern, peer, err)
			}
		}
	}
}
