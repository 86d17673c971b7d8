package admin

import (
	"net/http"

	"github.com/linkgate/linkgate/store"
)

// An emptyAnswer says that it is done, and nothing else.
type emptyAnswer struct{}

// write sends no body.
func (emptyAnswer) write(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// readFlexDelete reads a delete. An id that is none names no record: there is
// no path to walk along and no collection to wipe.
func readFlexDelete(h *Handler, f *flexCall) (flexAction, error) {
	id, err := f.body.text("id")
	if err != nil {
		return nil, err
	}
	return func() (any, error) {
		if !store.ValidLink(id) {
			return nil, store.ErrNotFound
		}
		return emptyAnswer{}, h.o.Store.DeleteIf(f.Context(), id, f.caller.mayDelete)
	}, nil
}
