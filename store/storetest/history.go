package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/store"
)

// runHistories plays random histories to a store and to the model, and
// compares every answer. rapid shrinks a history on which they differ.
func runHistories(t *testing.T, open func(t *testing.T) store.Store, opts Options) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{outer: t, opts: opts, store: open(t), model: newModel()}
		defer func() {
			if err := h.store.Close(); err != nil {
				rt.Errorf("Close: %v", err)
			}
		}()
		actions := map[string]func(*rapid.T){
			"use": h.use, "use again": h.use, "give back": h.giveBack, "peek": h.peek, "get": h.get, "create": h.create,
			"update": h.update, "delete": h.remove, "delete if": h.removeIf, "list": h.list, "page": h.page,
			"keep": h.keep, "forget": h.forget, "": h.compareAll,
		}
		if opts.Reopen != nil {
			actions["reopen"] = h.reopen
		}
		rt.Repeat(actions)
	})
}

// A history is a store and the model of what it has been through.
type history struct {
	outer *testing.T
	opts  Options
	store store.Store
	model *model
	links []string // that were ever created

	charged []store.Decision // that were not given back yet
}

// link draws a link that was created, or one that was not.
func (h *history) link(rt *rapid.T) string {
	if len(h.links) == 0 || rapid.IntRange(0, 9).Draw(rt, "stranger") == 0 {
		return drawLink(rt)
	}
	return rapid.SampledFrom(h.links).Draw(rt, "link")
}

func (h *history) use(rt *rapid.T) {
	a := drawAttempt(rt, h.link(rt))
	got, err := h.store.Use(h.outer.Context(), a)
	same(rt, h.model.use(a), got, err, nil)
	if got.Admitted() {
		h.charged = append(h.charged, got)
	}
}

// giveBack gives one of the uses back, perhaps long after its token was deleted
// and made again.
func (h *history) giveBack(rt *rapid.T) {
	if len(h.charged) == 0 {
		return
	}
	n := rapid.IntRange(0, len(h.charged)-1).Draw(rt, "use")
	d := h.charged[n]
	h.charged = slices.Delete(h.charged, n, n+1)
	same(rt, 0, 0, h.store.GiveBack(h.outer.Context(), d), h.model.giveBack(d))
}

func (h *history) peek(rt *rapid.T) {
	a := drawAttempt(rt, h.link(rt))
	got, err := h.store.Peek(h.outer.Context(), a)
	same(rt, h.model.judge(a), got, err, nil)
}

func (h *history) get(rt *rapid.T) {
	link := h.link(rt)
	want, kept := h.model.records[link]
	got, err := h.store.Get(h.outer.Context(), link)
	if !kept {
		same(rt, want, got, err, store.ErrNotFound)
		return
	}
	same(rt, want, got, err, nil)
}

func (h *history) create(rt *rapid.T) {
	var records []store.Record
	for range rapid.IntRange(1, 3).Draw(rt, "records") {
		r := drawRecord(rt)
		records = append(records, r)
		h.links = append(h.links, r.Token.Link)
	}
	err := h.store.Create(h.outer.Context(), records...)
	same(rt, 0, 0, err, h.model.create(records))
}

func (h *history) update(rt *rapid.T) {
	link, change := h.link(rt), drawChange(rt)
	got, err := h.store.Update(h.outer.Context(), link, change)
	want, wantErr := h.model.update(link, change)
	same(rt, want, got, err, wantErr)
}

func (h *history) remove(rt *rapid.T) {
	link := h.link(rt)
	err := h.store.Delete(h.outer.Context(), link)
	same(rt, 0, 0, err, h.model.remove(link))
}

// removeIf deletes a token unless it holds the scope admin.
func (h *history) removeIf(rt *rapid.T) {
	link := h.link(rt)
	err := h.store.DeleteIf(h.outer.Context(), link, func(t *store.Token) error {
		if t.Admin() {
			return errRefused
		}
		return nil
	})
	if want, kept := h.model.records[link]; kept && want.Token.Admin() {
		same(rt, 0, 0, err, errRefused)
		return
	}
	same(rt, 0, 0, err, h.model.remove(link))
}

// list follows the cursor through a whole list.
func (h *history) list(rt *rapid.T) {
	q := drawQuery(rt)
	q.Limit = rapid.IntRange(1, 5).Draw(rt, "limit")
	var want []string
	for _, r := range h.model.list(q) {
		want = append(want, r.Token.Link)
	}
	err := pagesMatch(want, q, func(q store.Query) (store.Page, error) { return h.store.List(h.outer.Context(), q) })
	if err != nil {
		rt.Fatalf("list of %q: %v", q.Issuer, err)
	}
}

// page reads one page and compares all that is on it.
func (h *history) page(rt *rapid.T) {
	q := drawQuery(rt)
	q.Offset, q.Limit = rapid.Int64Range(0, 6).Draw(rt, "offset"), rapid.IntRange(0, 5).Draw(rt, "limit")
	all := h.model.list(q)
	want := all[min(int(q.Offset), len(all)):]
	if q.Limit > 0 {
		want = want[:min(q.Limit, len(want))]
	}
	got, err := h.store.List(h.outer.Context(), q)
	same(rt, want, got.Records, err, nil)
	same(rt, int64(len(all)), got.Total, nil, nil)
	same(rt, int(q.Offset)+len(want) < len(all), got.Next != "", nil, nil)
}

func (h *history) keep(rt *rapid.T) {
	name, value := drawName(rt), rapid.SampledFrom([]string{"", "x", "y\x00"}).Draw(rt, "value")
	got, err := h.store.Keep(h.outer.Context(), name, []byte(value))
	same(rt, h.model.keep(name, value), string(got), err, nil)
}

func (h *history) forget(rt *rapid.T) {
	name := drawName(rt)
	err := h.store.Forget(h.outer.Context(), name)
	same(rt, 0, 0, err, h.model.forget(name))
}

// reopen is rare: it takes longer than everything else together.
func (h *history) reopen(rt *rapid.T) {
	if rapid.IntRange(0, 3).Draw(rt, "patience") == 0 {
		h.store = h.opts.Reopen(h.outer, h.store)
	}
}

// compareAll looks at everything that is kept.
func (h *history) compareAll(rt *rapid.T) {
	want := h.model.list(store.Query{WithAdmins: true})
	page, err := h.store.List(h.outer.Context(), store.Query{WithAdmins: true})
	same(rt, want, page.Records, err, nil)
	kept, err := h.store.Kept(h.outer.Context(), "")
	got := map[string]string{}
	for name, value := range kept {
		got[name] = string(value)
	}
	same(rt, h.model.vault, got, err, nil)
}

// same compares an answer, and its error, with what was expected.
func same[T any](rt *rapid.T, want, got T, err, wantErr error) {
	rt.Helper()
	if wantErr != nil {
		if !errors.Is(err, wantErr) {
			rt.Fatalf("got error %v, want %v", err, wantErr)
		}
		return
	}
	if err != nil {
		rt.Fatalf("got error %v", err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		rt.Fatalf("answer (-want +got):\n%s", diff)
	}
}
