package badger

import (
	"fmt"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// Drafts are records as they will be written. They are made by who wants them
// kept and not by the committer, for whom uses wait; and they share nothing
// with the records that they were made of.
type drafts struct {
	ids    []id
	pairs  []pair
	shifts []shift
	totals map[string]total // what is added to the total of each list
}

// A pair is a key, what is kept under it, and Badger's mark on it.
type pair struct {
	key, value []byte
	meta       byte
}

// draftRecords makes drafts, of records that are all fit to be kept.
func draftRecords(records []store.Record) (*drafts, error) {
	d := &drafts{
		ids:    make([]id, 0, len(records)),
		pairs:  make([]pair, 0, 4*len(records)),
		shifts: make([]shift, 0, 2*len(records)),
		totals: map[string]total{},
	}
	for n := range records {
		r := &records[n]
		if err := r.Check(); err != nil {
			return nil, fmt.Errorf("creating record %d: %w", n, err)
		}
		if err := d.add(r); err != nil {
			return nil, fmt.Errorf("creating record %d: %w", n, err)
		}
	}
	return d, nil
}

// add drafts a record with its counter.
func (d *drafts) add(r *store.Record) error {
	body, err := encodeToken(&r.Token)
	if err != nil {
		return err
	}
	i, _ := parseID(r.Token.Link)
	d.ids = append(d.ids, i)
	d.seal(i.recordKey(), body)
	d.seal(i.counterKey(), encodeCounter(r.Counter))
	d.list(i, &r.Token)
	return nil
}

// list drafts a token's places among all tokens and those of its campaign.
func (d *drafts) list(i id, t *store.Token) {
	var meta byte
	if t.Admin() {
		meta = metaAdmin
	}
	for _, m := range shifts(i, t, 1) {
		d.pairs = append(d.pairs, pair{key: indexKey(m.list, m.at), meta: meta})
		d.shifts = append(d.shifts, m)
		d.totals[m.list] = d.totals[m.list].plus(m.more)
	}
}

func (d *drafts) seal(key, body []byte) {
	d.pairs = append(d.pairs, pair{key: key, value: seal(key, body)})
}

// write writes the drafts and adds them to the totals.
func (d *drafts) write(txn *engine.Txn) error {
	for _, p := range d.pairs {
		// Badger keeps the entry and changes it: each attempt needs its own.
		if err := txn.SetEntry(engine.NewEntry(p.key, p.value).WithMeta(p.meta)); err != nil {
			return fmt.Errorf("writing a record: %w", err)
		}
	}
	for issuer, more := range d.totals {
		if err := count(txn, issuer, more); err != nil {
			return fmt.Errorf("writing a record: %w", err)
		}
	}
	return nil
}
