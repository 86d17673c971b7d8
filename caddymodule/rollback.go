package caddymodule

import (
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// acceptRollback takes the counters of a store that was set back for right, and
// lets tokens with a limit through again. Who may reach Caddy's admin endpoint
// may do so; the log keeps that it was done, and what was accepted.
func (Operations) acceptRollback(w http.ResponseWriter, r *http.Request) error {
	app, e, err := runningEngine()
	if err != nil {
		return err
	}
	accepted := store.Rollback{}
	if s, ok := rewindable(e.Store); ok {
		accepted, err = s.AcceptRollback(r.Context())
	} else {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return caddy.APIError{HTTPStatus: http.StatusConflict, Err: errors.New("there is nothing to accept: the store was not set back")}
	}
	if err != nil {
		return unserved(err)
	}
	app.log.Warn("accepted that the token store was set back: tokens with a limit are served again, and uses that are missing from their counters can be made again",
		zap.String("by", "admin endpoint, "+r.RemoteAddr),
		zap.String("why", accepted.Why),
		zap.Time("noticed", accepted.Since),
		zap.Uint64("had", accepted.Had),
		zap.Uint64("has", accepted.Has))
	return reply(w, struct {
		Status string `json:"status"`
		store.Rollback
	}{"accepted", accepted})
}

// rewindable is the store itself, if it notices being set back.
func rewindable(s store.Store) (store.Rewindable, bool) {
	r, ok := innermost(s).(store.Rewindable)
	return r, ok
}

// rolledBack shows whether a store of this process was set back.
var rolledBack = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
	Namespace: "caddy",
	Subsystem: "linkgate",
	Name:      "rolled_back",
	Help:      "1 while tokens with a limit are refused because the store was set back; see caddy linkgate accept-rollback.",
}, func() (n float64) {
	stores.Range(func(_, v any) bool {
		if s, ok := v.(*openStore); ok {
			if r, ok := rewindable(s); ok && r.Rollback() != nil {
				n = 1
			}
		}
		return n == 0
	})
	return n
})
