package admin

import (
	"context"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// problem turns the error of an operation into what the caller is told. What
// the store has to say goes to the log, not to the caller.
func (h *Handler) problem(err error) *problem {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, store.ErrNotFound):
		return notAdmitted(store.Unknown)
	case errors.Is(err, store.ErrExists):
		return refuse(http.StatusConflict, "the record exists already")
	case errors.Is(err, store.ErrInvalid):
		return refuse(http.StatusUnprocessableEntity, "the store cannot keep such a record")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable()
	}
	h.o.Log.Error("store failed under the token API", zap.Error(err))
	return unavailable()
}
