package main

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheCounterOfEachTokenHasToBeExact(t *testing.T) {
	t.Parallel()
	tokens := []token{{Link: "a"}, {Link: "b"}}
	tests := map[string]struct {
		counters map[string]int64
		says     string
	}{
		"exact":                    {map[string]int64{"a": 3, "b": 4}, ""},
		"a stranger is no concern": {map[string]int64{"a": 3, "b": 4, "c": 9}, ""},
		"one use is lost":          {map[string]int64{"a": 3, "b": 3}, "1 of 2 tokens are miscounted: 7 requests let through, 6 uses counted"},
		"one use is too many":      {map[string]int64{"a": 4, "b": 4}, "1 of 2 tokens are miscounted: 7 requests let through, 8 uses counted"},
		"the sum alone is right":   {map[string]int64{"a": 4, "b": 3}, "2 of 2 tokens are miscounted: 7 requests let through, 7 uses counted"},
		"a token is gone":          {map[string]int64{"a": 3}, "1 of 2 tokens are miscounted: 7 requests let through, 3 uses counted"},
		"nothing is known":         {nil, "2 of 2 tokens are miscounted: 7 requests let through, 0 uses counted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(miscounts(tokens, []int64{3, 4}, tt.counters), "; ")
			if got != tt.says {
				t.Errorf("got %q, want %q", got, tt.says)
			}
		})
	}
}

func TestATokenThatIsGoneIsMiscountedThoughItWasNeverUsed(t *testing.T) {
	t.Parallel()
	if got := miscounts([]token{{Link: "a"}}, []int64{0}, nil); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

// port is the number in an address.
func port(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// measure takes three short rounds of a case whose gate is as given and counts
// what it is told to.
func measure(t *testing.T, gateway http.HandlerFunc, counted func() int64) outcome {
	t.Helper()
	w := workload{name: "hot", connections: 4, tokens: 1}
	tokens := someTokens(1)
	m := newMeasurement(layout{
		Bare:    port(t, site(t, answer)),
		Control: port(t, site(t, answer)),
		Gate:    port(t, site(t, gateway)),
	}, w, tokens)
	defer m.close()
	rounds, err := m.take(t.Context(), options{slices: 3, slice: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return m.outcome(rounds, [sites]map[string]int64{gate: {tokens[0].Link: counted()}}, false)
}

func TestAGateThatCountsIsValid(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	o := measure(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); answer(w, r) }, n.Load)
	if !o.valid() {
		t.Errorf("got %s", o.verdict())
	}
	if o.uses != n.Load() || o.uses == 0 {
		t.Errorf("%d uses, the gate counted %d", o.uses, n.Load())
	}
	if o.gateRatio.median <= 0 || o.controlRatio.median <= 0 || o.gateP99Ratio.median <= 0 {
		t.Errorf("got %+v", o)
	}
}

func TestAGateThatLosesOneUseIsInvalid(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	n.Store(-1)
	o := measure(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); answer(w, r) }, n.Load)
	if o.valid() || !strings.Contains(o.verdict(), "miscounted") {
		t.Errorf("got %s", o.verdict())
	}
}

func TestAGateThatRefusesOnceIsInvalidAndEndsTheCase(t *testing.T) {
	t.Parallel()
	var asked, admitted atomic.Int64
	o := measure(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 2 {
			w.WriteHeader(http.StatusGone)
			return
		}
		admitted.Add(1)
		answer(w, r)
	}, admitted.Load)
	if diff := cmp.Diff([]string{"gate answered 1 times with status 410"}, o.problems); diff != "" {
		t.Error(diff)
	}
	if !math.IsNaN(o.bareRate) { // the first round was the last, and is not measured
		t.Error("the case went on")
	}
}

func TestAGateThatLetsNothingThroughIsInvalid(t *testing.T) {
	t.Parallel()
	o := measure(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		func() int64 { return 0 })
	if o.valid() || !strings.Contains(o.verdict(), "the gate let nothing through") {
		t.Errorf("got %s", o.verdict())
	}
}

func TestOnlyAJudgedRunNeedsAQuietMachine(t *testing.T) {
	t.Parallel()
	m := newMeasurement(layout{}, workload{connections: 1, tokens: 1}, someTokens(1))
	m.crowds[gate].clients[0].tally.answer(0, http.StatusOK)
	counters := [sites]map[string]int64{gate: {m.tokens[0].Link: 1}}
	loud := []round{{bare: at(100, 1), control: at(50, 1), gate: at(90, 1)}}
	if o := m.outcome(loud, counters, false); !o.valid() {
		t.Errorf("a quick run: %s", o.verdict())
	}
	want := "INVALID: the control's median 0.500 is not within 3 % of 1"
	if o := m.outcome(loud, counters, true); o.verdict() != want {
		t.Errorf("got %q, want %q", o.verdict(), want)
	}
}

func TestAMeasurementEndsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	address := port(t, site(t, answer))
	m := newMeasurement(layout{Bare: address, Control: address, Gate: address},
		workload{connections: 1, tokens: 1}, someTokens(1))
	defer m.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rounds, err := m.take(ctx, options{slices: 1000, slice: time.Millisecond})
	if !errors.Is(err, context.Canceled) || len(rounds) > 0 {
		t.Errorf("%d rounds, %v", len(rounds), err)
	}
}

func TestThePeerIsAskedWhereItKnowsTheTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		peer int
		w    workload
		want string
	}{
		"links":           {1, workload{connections: 1}, "four"},
		"signed tokens":   {1, workload{connections: 1, jwt: true}, "three"},
		"there is no one": {0, workload{connections: 1}, "three"},
	} {
		if got := newMeasurement(layout{Peer: c.peer}, c.w, someTokens(1)).many(); got != c.want {
			t.Errorf("%s: %s sites, want %s", name, got, c.want)
		}
	}
}

func TestAPeerThatMiscountsIsInvalid(t *testing.T) {
	t.Parallel()
	m := newMeasurement(layout{Peer: 1}, workload{connections: 1, tokens: 1}, someTokens(1))
	one := map[string]int64{m.tokens[0].Link: 1}
	for _, site := range []int{gate, peer} {
		m.crowds[site].clients[0].tally.answer(0, http.StatusOK)
	}
	if o := m.outcome(nil, [sites]map[string]int64{gate: one, peer: one}, false); !o.valid() {
		t.Errorf("got %s", o.verdict())
	}
	if o := m.outcome(nil, [sites]map[string]int64{gate: one}, false); !strings.Contains(o.verdict(), "peer: 1 of 1 tokens are miscounted") {
		t.Errorf("got %s", o.verdict())
	}
}
