package storetest

import (
	"cmp"
	"slices"

	"github.com/linkgate/linkgate/store"
)

// A model is what a store has to be indistinguishable from: the records, and
// [store.Judge]. It is written apart from every backend, so that they cannot
// share a mistake.
type model struct {
	records map[string]store.Record
	vault   map[string]string
}

func newModel() *model {
	return &model{records: map[string]store.Record{}, vault: map[string]string{}}
}

func (m *model) judge(a store.Attempt) store.Decision {
	r, kept := m.records[a.Link]
	if !kept {
		return store.Decision{Reason: store.Unknown}
	}
	return store.Judge(&r.Token, r.Counter, &a)
}

func (m *model) use(a store.Attempt) store.Decision {
	d := m.judge(a)
	if d.Admitted() {
		r := m.records[a.Link]
		r.Counter++
		m.records[a.Link] = r
		d.Counter = r.Counter
	}
	return d
}

func (m *model) giveBack(charged store.Decision) error {
	r, kept := m.records[charged.Token.Link]
	switch {
	case !kept || r.Token.UUID != charged.Token.UUID || !r.Token.Created.Equal(charged.Token.Created):
		return store.ErrNotFound
	case r.Counter > 0:
		r.Counter--
	}
	m.records[charged.Token.Link] = r
	return nil
}

func (m *model) create(records []store.Record) error {
	seen := map[string]bool{}
	for _, r := range records {
		if _, kept := m.records[r.Token.Link]; kept || seen[r.Token.Link] {
			return store.ErrExists
		}
		seen[r.Token.Link] = true
	}
	for _, r := range records {
		m.records[r.Token.Link] = r
	}
	return nil
}

func (m *model) update(link string, change func(*store.Token) error) (store.Record, error) {
	r, kept := m.records[link]
	if !kept {
		return store.Record{}, store.ErrNotFound
	}
	t := r.Token.Clone()
	if err := change(&t); err != nil {
		return store.Record{}, err
	}
	t.Link, t.UUID, t.Created, t.CreatedBy = r.Token.Link, r.Token.UUID, r.Token.Created, r.Token.CreatedBy
	r.Token = t
	m.records[link] = r
	return r, nil
}

func (m *model) remove(link string) error {
	if _, kept := m.records[link]; !kept {
		return store.ErrNotFound
	}
	delete(m.records, link)
	return nil
}

// list is the whole selection of q in order.
func (m *model) list(q store.Query) []store.Record {
	var out []store.Record
	for _, r := range m.records {
		if q.Issuer != "" && r.Token.Issuer != q.Issuer || r.Token.Admin() && !q.WithAdmins {
			continue
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b store.Record) int {
		return cmp.Or(a.Token.Created.Compare(b.Token.Created), cmp.Compare(a.Token.Link, b.Token.Link))
	})
	return out
}

func (m *model) keep(name, value string) string {
	if _, kept := m.vault[name]; !kept {
		m.vault[name] = value
	}
	return m.vault[name]
}

func (m *model) forget(name string) error {
	if _, kept := m.vault[name]; !kept {
		return store.ErrNotFound
	}
	delete(m.vault, name)
	return nil
}
