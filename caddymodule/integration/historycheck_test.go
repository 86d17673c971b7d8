package integration

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A sighting is a value of the counter that somebody saw at one instant
// between begin and end: the upstream with a request, the API's caller, or a
// client who was told that no use is left, and so saw the limit.
type sighting struct {
	begin, end time.Time
	counter    int64
	use        bool // the counter grew by one to be this
	fleeting   bool // a crash can undo it
	what       string
}

// faults replays a history against the model of the contract, a counter that
// only grows, by one for each use, up to the limit, and returns what no order
// of the uses can explain:
//
//   - S ≤ A: every success reached the upstream, each request once, and none
//     that was refused;
//   - A ≤ C ≤ L: no two uses have the same count, whatever crashed in between,
//     none is beyond the limit, and whoever looks after one ended sees its
//     count or a higher one, so that nobody passes after an "exhausted";
//   - bounded loss: no count, and no "exhausted", is ahead of the uses that had
//     begun by then, those included that ended without an answer.
func (h *history) faults(passed []passage) []string {
	faults := h.unmatched(passed)
	seen := h.sightings(passed)
	faults = append(faults, outOfRange(seen, h.limit)...)
	faults = append(faults, repeated(seen)...)
	faults = append(faults, backwards(seen)...)
	return append(faults, h.tooSoon(seen)...)
}

// unmatched compares what clients were told with what reached the upstream.
func (h *history) unmatched(passed []passage) (faults []string) {
	arrived := map[string]int{}
	for _, p := range passed {
		arrived[p.id]++
	}
	for _, c := range h.calls {
		n := arrived[c.id]
		switch {
		case n > 1:
			faults = append(faults, fmt.Sprintf("request %s reached the upstream %d times", c.id, n))
		case c.admitted() && n == 0:
			faults = append(faults, fmt.Sprintf("request %s got %d and never reached the upstream", c.id, c.status))
		case c.exhausted() && n > 0:
			faults = append(faults, fmt.Sprintf("request %s got %d and reached the upstream", c.id, c.status))
		case c.status != 0 && !c.admitted() && !c.exhausted():
			faults = append(faults, fmt.Sprintf("request %s got %d", c.id, c.status))
		}
	}
	return faults
}

// sightings are all that anybody saw of the counter. A use was decided before
// the upstream got the request.
func (h *history) sightings(passed []passage) []sighting {
	begin := map[string]time.Time{}
	var seen []sighting
	for _, c := range h.calls {
		begin[c.id] = c.begin
		if c.exhausted() {
			seen = append(seen, sighting{c.begin, c.end, h.limit, false, h.besideLost(c), "refusal of request " + c.id})
		}
	}
	for _, p := range passed {
		seen = append(seen, sighting{begin[p.id], p.at, p.counter, true, false, "request " + p.id})
	}
	for n, r := range h.readings {
		seen = append(seen, sighting{r.begin, r.end, r.counter, false, false, fmt.Sprintf("reading %d", n+1)})
	}
	return seen
}

// besideLost reports whether a request without an answer was under way with c.
// A refusal does not wait for the disk: if the use that it stands on is lost in
// a crash before it was durable, and so before the upstream saw it, the next
// one may have it.
func (h *history) besideLost(c call) bool {
	return slices.ContainsFunc(h.calls, func(other call) bool {
		return other.status == 0 && other.begin.Before(c.end) && !other.end.Before(c.begin)
	})
}

func outOfRange(seen []sighting, limit int64) (faults []string) {
	for _, s := range seen {
		if s.use && s.counter < 1 || limit > 0 && s.counter > limit {
			faults = append(faults, fmt.Sprintf("%s saw the count %d of %d", s.what, s.counter, limit))
		}
	}
	return faults
}

// repeated finds counts that were given out twice.
func repeated(seen []sighting) (faults []string) {
	given := map[int64]string{}
	for _, s := range seen {
		if !s.use {
			continue
		}
		if other := given[s.counter]; other != "" {
			faults = append(faults, fmt.Sprintf("%s has the count %d, as %s has", s.what, s.counter, other))
		}
		given[s.counter] = s.what
	}
	return faults
}

// backwards finds who saw less than somebody who was done before he began.
func backwards(seen []sighting) (faults []string) {
	begun := slices.SortedFunc(slices.Values(seen), func(a, b sighting) int { return a.begin.Compare(b.begin) })
	ended := slices.SortedFunc(slices.Values(seen), func(a, b sighting) int { return a.end.Compare(b.end) })
	var highest sighting
	for _, s := range begun {
		for len(ended) > 0 && ended[0].end.Before(s.begin) {
			if !ended[0].fleeting && ended[0].counter > highest.counter {
				highest = ended[0]
			}
			ended = ended[1:]
		}
		if s.counter < highest.counter || s.use && s.counter == highest.counter {
			faults = append(faults, fmt.Sprintf("%s saw the count %d after %s had seen %d", s.what, s.counter, highest.what, highest.counter))
		}
	}
	return faults
}

// tooSoon finds counts that the uses begun by then cannot have made.
func (h *history) tooSoon(seen []sighting) (faults []string) {
	var spent []time.Time // when what may have been a use began
	for _, c := range h.calls {
		if !c.exhausted() {
			spent = append(spent, c.begin)
		}
	}
	slices.SortFunc(spent, time.Time.Compare)
	for _, s := range seen {
		most, _ := slices.BinarySearchFunc(spent, s.end, func(begin, end time.Time) int {
			return cmp.Or(begin.Compare(end), -1) // one that begins at the end may count
		})
		if ahead := s.counter - int64(most); ahead > h.ahead {
			faults = append(faults, fmt.Sprintf("%s saw the count %d when %d uses had begun", s.what, s.counter, most))
		}
	}
	return faults
}
