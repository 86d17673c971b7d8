package badger

import (
	"slices"
	"sync"
)

const (
	// stretchLen is how many index keys a stretch has when it is found, and so
	// about the most that a list passes to get to its page.
	stretchLen = 256

	// mostStretches bounds what is remembered of all lists together: 3 MB.
	mostStretches = 1 << 16
)

// Places remember how many tokens lie in which stretch of a list, so that a
// page in the middle of a long one is found without passing all that lie before
// it. They know a list from its beginning to as far as somebody has read, and
// are kept true while tokens come and go.
type places struct {
	// length and most are stretchLen and mostStretches; for tests to change.
	length int64
	most   int

	mu       sync.Mutex
	lists    map[string][]stretch // by campaign
	known    int                  // stretches of all lists
	learners map[*learner]struct{}

	// changed is the last commit that changed any list.
	changed uint64
}

// A stretch is a part of a list, from behind the stretch before it up to end
// and with it.
type stretch struct {
	end pos
	n   total
}

// A shift is a token that comes to a list, or leaves it.
type shift struct {
	list string
	at   pos
	more total
}

// apply keeps the places true to what the commit at has changed.
func (p *places) apply(at uint64, shifts []shift) {
	if len(shifts) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed = at
	if p.known == 0 && len(p.learners) == 0 {
		return
	}
	for _, m := range shifts {
		for l := range p.learners {
			l.disturb(m)
		}
		list := p.lists[m.list]
		i := find(list, m.at)
		if i == len(list) {
			continue // where nobody has read
		}
		list[i].n = list[i].n.plus(m.more)
		if list[i].n.of(true) > 4*p.length {
			p.keep(m.list, list[:i])
		}
	}
}

// forget forgets everything: nobody knows what became of the last commits.
// Nobody reads meanwhile.
func (p *places) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lists, p.known = nil, 0
}

// keep makes stretches all that is known of a list. The caller holds the lock.
func (p *places) keep(list string, stretches []stretch) {
	p.known += len(stretches) - len(p.lists[list])
	if len(stretches) == 0 {
		delete(p.lists, list)
		return
	}
	if p.lists == nil {
		p.lists = map[string][]stretch{}
	}
	p.lists[list] = stretches
}

// room makes room for another stretch of a list, at the cost of another list;
// false where there is none.
func (p *places) room(list string) bool {
	for other := range p.lists {
		if p.known < p.most {
			break
		}
		if other != list {
			p.keep(other, nil)
		}
	}
	return p.known < p.most
}

// find returns which stretch has the place at; len(list) where none has.
func find(list []stretch, at pos) int {
	i, _ := slices.BinarySearchFunc(list, at, func(s stretch, at pos) int {
		return slices.Compare(s.end[:], at[:])
	})
	return i
}

// skip returns the end of the last stretch that lies wholly before the offset,
// and how many tokens lie up to it; nil where there is none.
func (p *places) skip(list string, offset int64, withAdmins bool) (end *pos, passed int64) {
	for _, s := range p.lists[list] {
		n := s.n.of(withAdmins)
		if passed+n > offset {
			break
		}
		passed += n
		end = &s.end
	}
	return end, passed
}
