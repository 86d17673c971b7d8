package admin

import (
	"errors"

	"github.com/linkgate/linkgate/store"
)

// An explanation says what would become of a token that is presented now. Of
// a token that is unknown, or cannot be counted, those numbers are null.
type explanation struct {
	Admitted         bool          `json:"admitted" doc:"Whether the token would be let through."`
	Reason           *store.Reason `json:"reason" doc:"Why not, in the word of the gate; null where it would be."`
	Status           int           `json:"status" doc:"The status that a gate would answer with."`
	Counter          *int64        `json:"counter" doc:"The uses so far; null for an unknown token."`
	RemainingCount   *int64        `json:"remaining_cnt" doc:"The uses left; -1: no limit; null for an unknown token."`
	RemainingMinutes *int64        `json:"remaining_minutes" doc:"The minutes left, rounded up; -1: no end; null for an unknown token."`
}

// explain judges a token as validate would and costs nothing.
func (h *Handler) explain(c *call) (any, error) {
	a, ok, err := h.presented(c)
	if err != nil {
		return nil, err
	}
	if !ok {
		return explanationOf(store.Decision{Reason: store.Unknown}, c), nil
	}
	d, err := h.o.Store.Peek(c.Context(), a)
	if errors.Is(err, store.ErrRolledBack) {
		return explanationOf(store.Decision{Reason: store.StoreUnavailable}, c), nil
	}
	if err != nil {
		return nil, err
	}
	return explanationOf(d, c), nil
}

func explanationOf(d store.Decision, c *call) explanation {
	e := explanation{Admitted: d.Admitted(), Reason: orNull(d.Reason), Status: d.Reason.Status()}
	// An unknown token may have a record, such as an admin's: nothing of it
	// is shown.
	if d.Reason != store.Unknown && d.Token != nil {
		e.Counter = &d.Counter
		e.RemainingCount = new(d.Remaining())
		e.RemainingMinutes = new(minutesLeft(d.Ends, c.now))
	}
	return e
}
