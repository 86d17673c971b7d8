package admin

import (
	"errors"

	"github.com/linkgate/linkgate/store"
)

// A deleted is the answer to a delete.
type deleted struct {
	Link    string `json:"link" doc:"The link that was named."`
	Deleted int    `json:"deleted" enum:"0,1" doc:"How many tokens are gone by this call."`
}

// delete forgets a token and its count. What was not there is no error, so
// that a delete can be repeated.
func (h *Handler) delete(c *call) (any, error) {
	link := c.PathValue("id")
	none, one := deleted{Link: link}, deleted{Link: link, Deleted: 1}
	if !store.ValidLink(link) {
		c.idle = true
		return none, nil
	}
	err := h.o.Store.DeleteIf(c.Context(), link, c.caller.mayDelete)
	if errors.Is(err, store.ErrNotFound) {
		c.idle = true
		return none, nil
	}
	if err != nil {
		return nil, err
	}
	return one, nil
}
