package badger

import (
	"maps"
	"slices"
)

// A reckoning is one way in which the tables that compactions have made so far
// may belong to those that are still under way: how many each compactor has
// made.
type reckoning map[any]int

// reckonings are all the ways there are. Badger says which compactor makes a
// table, and not which of them enters what it made in the MANIFEST. Where two
// have made as many, the entry may be that of either one, and which it was
// shows later: the other one's entry then fits no more.
type reckonings []reckoning

// reset forgets everything: no compaction is under way.
func (r *reckonings) reset() { *r = reckonings{{}} }

// made counts one more table of a compactor.
func (r reckonings) made(compactor any) {
	for _, one := range r {
		one[compactor]++
	}
}

// failed forgets the tables of a compactor that has given up.
func (r reckonings) failed(compactor any) {
	for _, one := range r {
		delete(one, compactor)
	}
}

// entered takes in that some compactor has entered so many tables, and reports
// whether any of them can have made just as many. Without a table there was
// nothing left to keep, or this Badger does not tell.
func (r *reckonings) entered(tables int) bool {
	if !slices.ContainsFunc(*r, func(one reckoning) bool { return len(one) > 0 }) {
		return true
	}
	var left reckonings
	for _, one := range *r {
		for compactor, n := range one {
			if n == tables {
				left = left.with(one, compactor)
			}
		}
	}
	if len(left) == 0 {
		return false
	}
	*r = left
	return true
}

// with returns r and one without the tables of a compactor, unless that is
// there already.
func (r reckonings) with(one reckoning, without any) reckonings {
	rest := maps.Clone(one)
	delete(rest, without)
	if slices.ContainsFunc(r, func(other reckoning) bool { return maps.Equal(other, rest) }) {
		return r
	}
	return append(r, rest)
}
