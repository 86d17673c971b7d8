package admin

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store"
)

// entriesAtOnce is how many records of a list are held at a time.
const entriesAtOnce = 200

// readFlexFetch reads a fetch: of the one record that id names, or of all that
// the options choose.
func readFlexFetch(h *Handler, f *flexCall) (flexAction, error) {
	options := f.query.Get("options")
	if kind := options.Kind(); kind == flexquery.Text || options.Get("collection").Len() > 0 {
		return nil, refuse(http.StatusBadRequest, "options: must be options[filter] and options[collection]")
	}
	query, err := flexquery.Parse(options.Get("filter"))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	if len(flexquery.Texts(f.URL.RawQuery, "id")) > 1 {
		return nil, wrong("id", "is there more than once")
	}
	named := f.query.Get("id")
	if named.Kind() == flexquery.Null || options.Get("collection").On() {
		return func() (any, error) { return &flexList{h, f, query}, nil }, nil
	}
	id, ok := named.Text()
	if !ok {
		return nil, wrong("id", errNoText.Error())
	}
	return func() (any, error) { return h.flexFetch(f, id, query) }, nil
}

// flexFetch shows one record. Of the options those that choose fields apply.
func (h *Handler) flexFetch(f *flexCall, id string, query *flexquery.Query) (any, error) {
	if !store.ValidLink(id) {
		return nil, store.ErrNotFound
	}
	r, err := h.o.Store.Get(f.Context(), id)
	if err != nil {
		return nil, err
	}
	if !f.caller.sees(&r.Token) {
		return nil, store.ErrNotFound
	}
	entry, err := f.caller.entry(r)
	return flexRecord{query.Project(flexquery.Record{ID: id, Fields: entry}).Fields}, err
}

// A flexSource is the records of a store as a caller sees them.
type flexSource struct {
	store  store.Store
	caller caller
}

// Records implements [flexquery.Source]. Few of them are held at a time.
func (s flexSource) Records(ctx context.Context) iter.Seq2[flexquery.Record, error] {
	return func(yield func(flexquery.Record, error) bool) {
		q := store.Query{Limit: entriesAtOnce, WithAdmins: s.caller.has(store.ScopeAdmin)}
		for {
			page, err := s.store.List(ctx, q)
			if err != nil {
				yield(flexquery.Record{}, err)
				return
			}
			for _, r := range page.Records {
				if !yield(s.record(r)) {
					return
				}
			}
			if q.After = page.Next; q.After == "" {
				return
			}
		}
	}
}

// Record implements [flexquery.Source].
func (s flexSource) Record(ctx context.Context, id string) (flexquery.Record, error) {
	r, err := s.store.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !s.caller.sees(&r.Token) {
		return flexquery.Record{}, flexquery.ErrGone
	}
	if err != nil {
		return flexquery.Record{}, err
	}
	return s.record(r)
}

func (s flexSource) record(r store.Record) (flexquery.Record, error) {
	entry, err := s.caller.entry(r)
	return flexquery.Record{ID: r.Token.Link, Fields: entry}, err
}

var _ flexquery.Source = flexSource{}
