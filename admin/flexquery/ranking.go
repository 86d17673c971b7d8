package flexquery

import "slices"

// A ranked is a record that waits for its place: its name and what it is
// sorted by, not the record.
type ranked struct {
	key sortKey
	id  string
}

// rankedSize is about what a ranked takes in memory, without its texts.
const rankedSize = 96

// A ranking sorts records as they come, stably.
//
// Where only the first of them are wanted, it forgets the others as it goes.
// It may do so while all keys are numbers or all are other texts: these have
// one order. Of a mixture the rules of sort_by make circles (9 < 1e1 as
// numbers, 1e1 < 1f and 1f < 9 as bytes), and then the place of a record
// depends on all others. Keys that are empty come first in either case.
type ranking struct {
	by *sorting

	// keep is how many are wanted, or noLimit.
	keep int

	meter   *meter
	entries []ranked
	seen    [numeric + 1]bool
	forgot  bool
}

// forgetAt is how many more than wanted are held before some are forgotten.
const forgetAt = 1024

// add takes one more record. It is not ok where keys turn out to be mixed
// after some were forgotten: the ranking has to start again, with all kept.
func (r *ranking) add(id string, key sortKey) (ok bool, err error) {
	r.seen[key.class] = true
	if r.mixed() && r.forgot {
		return false, nil
	}
	if err := r.meter.hold(rankedSize + len(id) + len(key.text)); err != nil {
		return false, err
	}
	r.entries = append(r.entries, ranked{key: key, id: id})
	if !r.mixed() && r.keep <= len(r.entries)-forgetAt && len(r.entries) >= 2*r.keep {
		r.forget()
	}
	return true, nil
}

func (r *ranking) mixed() bool { return r.seen[textual] && r.seen[numeric] }

// forget drops what is not among the first.
func (r *ranking) forget() {
	r.sort()
	for _, e := range r.entries[r.keep:] {
		r.meter.release(rankedSize + len(e.id) + len(e.key.text))
	}
	clear(r.entries[r.keep:])
	r.entries = r.entries[:r.keep]
	r.forgot = true
}

// sort brings the entries into order. Equal ones stay as they came.
func (r *ranking) sort() {
	slices.SortStableFunc(r.entries, func(a, b ranked) int { return r.by.compare(a.key, b.key) })
}
