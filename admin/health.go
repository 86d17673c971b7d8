package admin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// healthPatience is how long the store may take to say that it is well.
const healthPatience = 4 * time.Second

// A health is the state of the store.
type health struct {
	Status string `json:"status" enum:"ok,degraded" doc:"Whether limited tokens can be used."`
	Reason string `json:"reason,omitempty" doc:"What is wrong, in general terms; the log says more."`
}

// write sends the state with its status.
func (a health) write(w http.ResponseWriter, _ *http.Request) {
	status := http.StatusOK
	if a.Reason != "" {
		status = http.StatusServiceUnavailable
		SetRetryAfter(w.Header(), StoreRetry)
	}
	writeJSON(w, status, "application/json", a)
}

// health says whether the store can record uses. Anybody may ask, so that the
// answer says nothing about where and how it keeps them.
func (h *Handler) health(c *call) (any, error) {
	ctx, cancel := context.WithTimeout(c.Context(), healthPatience)
	defer cancel()
	if err := h.o.Store.Health(ctx); err != nil {
		h.o.Log.Debug("store is not healthy", zap.Error(err))
		if errors.Is(err, store.ErrRolledBack) {
			return health{Status: "degraded", Reason: "the store was set back: tokens with a limit are refused until `caddy linkgate accept-rollback`"}, nil
		}
		return degraded(), nil
	}
	return health{Status: "ok"}, nil
}

func degraded() health {
	return health{Status: "degraded", Reason: "the store cannot record uses"}
}
