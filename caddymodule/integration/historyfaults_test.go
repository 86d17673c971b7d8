package integration

import (
	"strings"
	"testing"
	"time"
)

// at is an instant of a history made by hand.
func at(n int) time.Time { return time.Unix(int64(n), 0) }

// ask is a call from one instant to another.
func ask(id string, begin, end, status int) call {
	return call{id: id, begin: at(begin), end: at(end), status: status}
}

func pass(id string, n int, counter int64) passage {
	return passage{id: id, at: at(n), counter: counter}
}

func look(begin, end int, counter int64) reading { return reading{at(begin), at(end), counter} }

// The checker finds what cannot be, or no test that relies on it can fail.
func TestAHistoryThatCannotBeIsNoticed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h      *history
		passed []passage
		says   string
	}{
		"a success that the upstream never saw": {
			&history{limit: 2, calls: []call{ask("a", 1, 4, 200)}}, nil, "never reached",
		},
		"a refusal that the upstream saw": {
			&history{limit: 1, calls: []call{ask("a", 1, 4, 410)}}, []passage{pass("a", 2, 1)}, "got 410 and reached",
		},
		"a request that arrives twice": {
			&history{calls: []call{ask("a", 1, 4, 200)}}, []passage{pass("a", 2, 1), pass("a", 3, 2)}, "2 times",
		},
		"a failure": {
			&history{calls: []call{ask("a", 1, 4, 503)}}, nil, "got 503",
		},
		"a use beyond the limit": {
			&history{limit: 1, calls: []call{ask("a", 1, 4, 200), ask("b", 1, 4, 200)}},
			[]passage{pass("a", 2, 1), pass("b", 2, 2)},
			"count 2 of 1",
		},
		"a use without a count": {
			&history{calls: []call{ask("a", 1, 4, 200)}}, []passage{pass("a", 2, 0)}, "count 0",
		},
		"a count that is given out twice": {
			&history{limit: 9, calls: []call{ask("a", 1, 4, 200), ask("b", 1, 4, 200)}},
			[]passage{pass("a", 2, 1), pass("b", 2, 1)},
			"as request",
		},
		"a count that falls back after a crash": {
			&history{limit: 9, calls: []call{ask("a", 1, 3, 200), ask("lost", 1, 4, 0), ask("b", 6, 8, 200)}},
			[]passage{pass("a", 2, 2), pass("b", 7, 1)},
			"count 1 after request a had seen 2",
		},
		"a counter that falls behind what arrived": {
			&history{limit: 9, calls: []call{ask("a", 1, 3, 200)}, readings: []reading{look(5, 6, 0)}},
			[]passage{pass("a", 2, 1)},
			"reading 1 saw the count 0 after request a",
		},
		"a counter that falls": {
			&history{limit: 9, calls: []call{ask("lost", 1, 3, 0)}, readings: []reading{look(4, 5, 1), look(6, 7, 0)}},
			nil, "reading 2 saw the count 0 after reading 1",
		},
		"a use that does not move the counter": {
			&history{limit: 9, calls: []call{ask("a", 1, 3, 0), ask("b", 6, 8, 200)}, readings: []reading{look(4, 5, 1)}},
			[]passage{pass("b", 7, 1)},
			"request b saw the count 1 after reading 1",
		},
		"a use after the token was used up": {
			&history{limit: 1, calls: []call{ask("lost", 1, 2, 0), ask("b", 3, 4, 410), ask("c", 5, 7, 200)}},
			[]passage{pass("c", 5, 1)},
			"request c saw the count 1 after refusal of request b",
		},
		"a token that is used up before its uses can have begun": {
			&history{limit: 2, calls: []call{ask("a", 1, 3, 200), ask("b", 2, 4, 410), ask("c", 5, 7, 200)}},
			[]passage{pass("a", 2, 1), pass("c", 6, 2)},
			"refusal of request b saw the count 2 when 1 uses had begun",
		},
		"more uses charged than were asked for": {
			&history{limit: 9, calls: []call{ask("a", 1, 3, 200), ask("lost", 1, 4, 0)}, readings: []reading{look(5, 6, 3)}},
			[]passage{pass("a", 2, 1)},
			"reading 1 saw the count 3 when 2 uses had begun",
		},
		"more uses charged ahead than a crash may": {
			&history{limit: 99, ahead: 3, calls: []call{ask("a", 1, 3, 200)}, readings: []reading{look(5, 6, 5)}},
			[]passage{pass("a", 2, 1)},
			"count 5 when 1 uses",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if faults := c.h.faults(c.passed); !strings.Contains(strings.Join(faults, "\n"), c.says) {
				t.Errorf("the faults %q do not say %q", faults, c.says)
			}
		})
	}
}

func TestAHistoryThatCanBeIsAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h      *history
		passed []passage
	}{
		"nothing at all": {&history{}, nil},
		"uses that overlap, in another order than they were asked for": {
			&history{limit: 2, calls: []call{ask("a", 1, 9, 200), ask("b", 2, 8, 200), ask("c", 3, 9, 410)}},
			[]passage{pass("a", 7, 2), pass("b", 6, 1)},
		},
		"an answer that the client did not get": {
			&history{limit: 2, calls: []call{ask("a", 1, 4, 0), ask("b", 5, 7, 200)}, readings: []reading{look(4, 5, 1), look(8, 9, 2)}},
			[]passage{pass("a", 2, 1), pass("b", 6, 2)},
		},
		"a use that was lost in a crash before the upstream saw it": {
			&history{limit: 2, calls: []call{ask("a", 1, 4, 0), ask("b", 5, 7, 200), ask("c", 8, 9, 410)}, readings: []reading{look(4, 5, 1)}},
			[]passage{pass("b", 6, 2)},
		},
		"a request that was lost without being a use": {
			&history{limit: 2, calls: []call{ask("a", 1, 4, 0), ask("b", 5, 7, 200)}, readings: []reading{look(4, 5, 0)}},
			[]passage{pass("b", 6, 1)},
		},
		"uses that were charged ahead": {
			&history{limit: 9, ahead: 3, calls: []call{ask("a", 1, 3, 200), ask("b", 6, 8, 200)}, readings: []reading{look(4, 5, 4)}},
			[]passage{pass("a", 2, 1), pass("b", 7, 5)},
		},
		"a reading while uses go on": {
			&history{calls: []call{ask("a", 1, 9, 200), ask("b", 1, 9, 200)}, readings: []reading{look(2, 6, 1)}},
			[]passage{pass("a", 4, 1), pass("b", 5, 2)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if faults := c.h.faults(c.passed); len(faults) > 0 {
				t.Errorf("found %q", faults)
			}
		})
	}
}
