// Package admin is the HTTP API of Linkgate: it makes, reads, validates,
// changes and deletes link tokens over a [store.Store]. It knows no web
// server but net/http and no database.
package admin

import (
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/jwt"
)

// Options are what a [Handler] works with. Store and Keys are required.
type Options struct {
	// Store keeps the tokens and the credentials.
	Store store.Store

	// Keys returns the key ring of the moment. It is asked anew for each JWT,
	// so that a changed ring needs no new handler.
	Keys func() *jwt.Keyring

	// Now is the clock. Default: time.Now.
	Now func() time.Time

	// Log gets failures of the store and refused credentials, never a
	// secret. Default: nothing is logged.
	Log *zap.Logger

	// Audit is told of every call that makes, changes or deletes a record,
	// refused ones included, before it is answered. It may be called from any
	// number of goroutines at once. Default: nobody is told.
	Audit func(AuditEvent)

	// ClientIP names the client whose failed logins are counted together.
	// Default: the host of RemoteAddr.
	ClientIP func(*http.Request) string
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.ClientIP == nil {
		o.ClientIP = remoteHost
	}
	return o
}

// remoteHost is the address at the other end of the connection.
func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// A Handler serves the API. Make one with [New]; it may be used from any
// number of goroutines. One handler should outlive configuration reloads where
// it can: it holds the failure budgets and the credentials seen lately.
type Handler struct {
	o        Options
	verifier *verifier
	jobs     *jobs.Registry
	mux      *http.ServeMux
	openAPI  []byte
}

// New returns a handler that serves the API.
func New(o Options) *Handler {
	h := &Handler{o: o.withDefaults(), verifier: newVerifier(), jobs: jobs.New(o.Store)}
	h.mux = h.routes(operations())
	h.openAPI = document(operations())
	return h
}

// ServeHTTP answers one request to the API. What is not part of the API is
// 404 here: whoever has a next handler asks [Owns] first.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setCommon(w.Header())
	defer h.recover(w, r)
	if !canonical(r.URL.EscapedPath()) || r.RequestURI == "*" {
		// The mux would redirect, and a client would send its secret twice;
		// and to a * it has an answer of its own.
		noRoute(w, r)
		return
	}
	h.mux.ServeHTTP(w, r)
}

// setCommon sets what every answer of the API bears: none is to be kept by a
// cache, and none is anything but what it says it is.
func setCommon(header http.Header) {
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
}

var _ http.Handler = (*Handler)(nil)
