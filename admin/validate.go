package admin

import "github.com/linkgate/linkgate/store"

// A validated is the answer to a validate that was admitted.
type validated struct {
	Detail           string `json:"detail" enum:"validated" doc:"Always validated."`
	Counter          int64  `json:"counter" doc:"The uses so far, this one included."`
	RemainingCount   int64  `json:"remaining_cnt" doc:"The uses left; -1: no limit."`
	RemainingMinutes int64  `json:"remaining_minutes" doc:"The minutes left, rounded up; -1: no end."`
}

// validate uses a token, as opening its link would. It is the same decision
// and the same charge as at a gate that demands nothing of its route.
func (h *Handler) validate(c *call) (any, error) {
	a, ok, err := h.presented(c)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notAdmitted(store.Unknown)
	}
	d, err := h.o.Store.Use(c.Context(), a)
	if err != nil {
		return nil, err
	}
	if !d.Admitted() {
		return nil, notAdmitted(d.Reason)
	}
	return validated{
		Detail: "validated", Counter: d.Counter,
		RemainingCount: d.Remaining(), RemainingMinutes: minutesLeft(d.Ends, c.now),
	}, nil
}
