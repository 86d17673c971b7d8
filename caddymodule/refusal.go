package caddymodule

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/admin/budget"
	"github.com/linkgate/linkgate/caddymodule/mask"
	"github.com/linkgate/linkgate/store"
)

// statusClientClosed is what Caddy logs for a client that hung up.
const statusClientClosed = 499

// A refusal is why a request does not pass.
type refusal struct {
	reason     store.Reason
	cause      error
	retryAfter time.Duration
}

// refusedError is the error inside Caddy's handler error. Its text reaches logs
// and {err.message}, so that it says nothing a stranger must not know: what is
// out of scope looks unknown.
type refusedError store.Reason

func (e refusedError) Error() string { return "link token: " + string(publicReason(store.Reason(e))) }

// publicReason is the reason as a stranger may know it.
func publicReason(r store.Reason) store.Reason {
	if r == store.OutOfScope {
		return store.Unknown
	}
	return r
}

// refuse turns a refusal into an answer: of an error route where one matches,
// else of the gate.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, p *passage, why refusal) error {
	if why.cause != nil && errors.Is(r.Context().Err(), context.Canceled) {
		return caddyhttp.Error(statusClientClosed, why.cause)
	}
	why = g.spendGuess(r, why)
	p.reason = why.reason
	dropOurs(r.Header)
	g.record(r, p, why)
	setRefusalHeaders(w.Header(), why)
	err := caddyhttp.Error(why.reason.Status(), refusedError(why.reason))
	if errorRouteMatches(r, err) {
		return err
	}
	return writeRefusal(w, r, why.reason)
}

// spendGuess counts an unknown token against the client's address. Known
// tokens never pay, so that a guesser cannot lock out his neighbours.
func (g *Gate) spendGuess(r *http.Request, why refusal) refusal {
	switch {
	case why.reason == store.StoreUnavailable:
		why.retryAfter = admin.StoreRetry
	case publicReason(why.reason) == store.Unknown && g.guesses != nil:
		key, now := budget.Key(clientIP(r)), g.app.now()
		if wait, spent := g.guesses.Spent(key, now); spent {
			return refusal{reason: store.RateLimited, retryAfter: wait}
		}
		g.guesses.Fail(key, now)
	}
	return why
}

// record counts the refusal and writes a line: Caddy logs client errors at
// DEBUG only.
func (g *Gate) record(r *http.Request, p *passage, why refusal) {
	countOutcome(string(why.reason))
	level := zapcore.InfoLevel
	if why.cause != nil {
		level = zapcore.ErrorLevel
	}
	c := g.log.Check(level, "request refused")
	if c == nil {
		return
	}
	fields := []zap.Field{
		zap.String("reason", string(why.reason)),
		zap.String("client_ip", clientIP(r)),
		zap.String("host", mask.Text(r.Host)),
	}
	if p.candidate != "" {
		fields = append(fields, zap.String("token", mask.Text(p.candidate)))
	}
	if why.cause != nil {
		fields = append(fields, zap.Error(why.cause))
	}
	c.Write(fields...)
}

// setRefusalHeaders sets what every refusal carries, whoever writes its page.
func setRefusalHeaders(h http.Header, why refusal) {
	h.Set("Cache-Control", "no-store")
	setDefault(h, "Referrer-Policy", referrerPolicy)
	setDefault(h, "X-Robots-Tag", robotsTag)
	if why.reason == store.Missing {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if why.retryAfter > 0 {
		admin.SetRetryAfter(h, why.retryAfter)
	}
}
