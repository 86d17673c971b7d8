package badger

import "bytes"

// A learner is one reading of a list that has to pass many tokens to get to
// its page, and remembers the stretches that it has passed.
type learner struct {
	places *places
	list   string

	// after is the end of what was known: the reading begins behind it, and
	// passed tokens lie up to it. Nil: nothing was known.
	after  *pos
	passed int64

	found []stretch
	open  total // of the stretch that has no end yet

	// limit is the lowest place, behind after, at which the list was changed
	// since: what was seen from there on is old. The places' lock guards it.
	limit *pos
}

// learn begins a reading of a list as it was after the commit at, which needs
// the token at an offset. It returns nil where the list may have been changed
// since: then nothing that is known fits.
func (p *places) learn(list string, at uint64, offset int64, withAdmins bool) *learner {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed > at {
		return nil
	}
	l := &learner{places: p, list: list}
	l.after, l.passed = p.skip(list, offset, withAdmins)
	if p.learners == nil {
		p.learners = map[*learner]struct{}{}
	}
	p.learners[l] = struct{}{}
	return l
}

// disturb is told of every change of any list. The caller holds the lock.
func (l *learner) disturb(m shift) {
	if m.list != l.list || l.after != nil && bytes.Compare(m.at[:], l.after[:]) <= 0 {
		return
	}
	if l.limit == nil || bytes.Compare(m.at[:], l.limit[:]) < 0 {
		l.limit = &m.at
	}
}

// saw is told of every token behind after, in order.
func (l *learner) saw(at pos, admin bool) {
	if admin {
		l.open.admin++
	} else {
		l.open.plain++
	}
	if l.open.of(true) == l.places.length {
		l.found = append(l.found, stretch{end: at, n: l.open})
		l.open = total{}
	}
}

// stop ends the reading and keeps what it has found, unless another one was
// faster.
func (l *learner) stop() {
	p := l.places
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.learners, l)
	list := p.lists[l.list]
	if n := len(list); n > 0 && (l.after == nil || list[n-1].end != *l.after) || n == 0 && l.after != nil {
		return
	}
	for _, s := range l.found {
		if l.limit != nil && bytes.Compare(s.end[:], l.limit[:]) >= 0 || !p.room(l.list) {
			break
		}
		list = append(list, s)
		p.keep(l.list, list)
	}
}
