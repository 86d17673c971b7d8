package caddymodule

import (
	"errors"
	"net"
	"net/http"

	"github.com/caddyserver/caddy/v2"

	"github.com/linkgate/linkgate/admin"
)

// fromFlextype is the one system that tokens can be taken over from.
const fromFlextype = "flextype"

// importTokens takes over tokens of another system. The body is NDJSON, one
// record as a Flextype API shows it to a line; the answer is a list of what
// became of each. Who may reach Caddy's admin endpoint may do so; the audit
// keeps that it was done.
func (Operations) importTokens(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("from") != fromFlextype {
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: errors.New("from has to be " + fromFlextype)}
	}
	_, e, err := runningEngine()
	if err != nil {
		return err
	}
	results, err := e.api.Import(r.Context(), r.Body, peer(r))
	switch {
	case errors.Is(err, admin.ErrImportTooLarge):
		return caddy.APIError{HTTPStatus: http.StatusRequestEntityTooLarge, Err: err}
	case err != nil:
		return unserved(err)
	}
	return reply(w, results)
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
