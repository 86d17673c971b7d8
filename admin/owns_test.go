package admin_test

import (
	"testing"

	"github.com/linkgate/linkgate/admin"
)

func TestOwns(t *testing.T) {
	t.Parallel()
	owned := []string{
		"/api/v1/token", "/api/v1/token/", "/api/v1/token/x", "/api/v1/token/validate/x", "/api/v1/token/a%2Fb",
		"/api/v1/tokens", "/api/v1/tokens/generate", "/api/v1/health", "/api/v1/health/x", "/api/v1/openapi.json",
		// The same resources in another spelling.
		"/api/v1/%74oken", "/%61pi/v1/token/x", "/api/v1/%68ealth", "/api/v1/openapi%2Ejson",
		// Below ours, wherever it may climb: we refuse it, nobody else sees it.
		"/api/v1/token/..", "/api/v1/token/../../../secret", "/api/v1/token//x", "/api/v1/tokens/%2e%2e/x",
	}
	foreign := []string{
		"", "/", "api/v1/token", "/api/v1", "/api/v1/", "/api/v1/tokenx", "/api/v1/tokens2", "/api/v1/tok",
		"/api/v1/healthz", "/api/v1/openapi.json5", "/api/v1/openapi", "/api/v2/token", "/API/v1/token", "/api/v1/TOKEN",
		"/api/v1/token%2Fx", "/api%2Fv1/token", "/api/v1%2Ftoken", "/x/../api/v1/token", "//api/v1/token", "/api//v1/token",
		"/./api/v1/token", "/api/v1/%7", "/api/v1/token%00", "/api/v1/token;x", "/api/v1/token%20", "*",
	}
	for _, path := range owned {
		if !admin.Owns(path) {
			t.Errorf("%q is not owned", path)
		}
	}
	for _, path := range foreign {
		if admin.Owns(path) {
			t.Errorf("%q is owned", path)
		}
	}
}
