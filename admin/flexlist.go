package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/admin/flexquery"
)

// write sends the record.
func (a flexRecord) write(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, jsonKind, json.RawMessage(flexquery.Record{Fields: a.fields}.AppendJSON(nil)))
}

// A flexList answers with a list as it is read from the store.
type flexList struct {
	h     *Handler
	f     *flexCall
	query *flexquery.Query
}

// write sends the list. What goes wrong before its first part is there has an
// answer of its own; what goes wrong later cuts the connection, so that nobody
// takes a part for the whole.
func (a *flexList) write(w http.ResponseWriter, r *http.Request) {
	out := &lateHeader{w: w}
	source := flexSource{a.h.o.Store, a.f.caller}
	err := a.query.Run(r.Context(), source, out, flexquery.Limits{})
	switch {
	case err == nil:
	case out.begun:
		a.h.o.Log.Info("list of records was cut short", zap.Error(err))
		panic(http.ErrAbortHandler)
	default:
		a.h.listProblem(err).write(w, r)
	}
}

// listProblem is what is said where a list could not be begun.
func (h *Handler) listProblem(err error) *problem {
	var cut *flexquery.CutError
	switch {
	case errors.Is(err, flexquery.ErrNothing):
		return notFound("no record matches")
	case errors.As(err, &cut):
		return refuse(http.StatusUnprocessableEntity, cut.Error())
	}
	return h.problem(err)
}

// A lateHeader sends the header of an answer with its first bytes.
type lateHeader struct {
	w     http.ResponseWriter
	begun bool
}

// Write implements [io.Writer].
func (l *lateHeader) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", jsonKind)
		l.w.WriteHeader(http.StatusOK)
	}
	return l.w.Write(p)
}
