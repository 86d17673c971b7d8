package main

import (
	"context"
	"fmt"
	"time"
)

// The sites, in the order in which they are asked.
const (
	bare = iota
	control
	gate
	peer // not in every measurement
	sites
)

// siteNames are for people.
var siteNames = [sites]string{"bare", "control", "gate", "peer"}

// A round is one slice of each site.
type round [sites]slice

// A measurement is the clients of the sites, with the same requests.
type measurement struct {
	workload workload
	tokens   []token

	// crowds are by site; nil where a site is not there.
	crowds [sites]*crowd

	// cpu is the processor time that Caddy has used so far.
	cpu func() time.Duration
}

func newMeasurement(l layout, w workload, tokens []token) *measurement {
	m := &measurement{workload: w, tokens: tokens, cpu: func() time.Duration { return 0 }}
	ports := [sites]int{bare: l.Bare, control: l.Control, gate: l.Gate, peer: l.Peer}
	for site, port := range ports {
		// The peer knows links only.
		if site != peer || port != 0 && !w.jwt {
			m.crowds[site] = newCrowd(local(port), w, tokens)
		}
	}
	return m
}

// many says for people how many sites there are.
func (m *measurement) many() string {
	if m.crowds[peer] != nil {
		return "four"
	}
	return "three"
}

// take asks the sites in turn. A first round opens the connections and warms
// everybody up; it is counted but not measured. It ends early where the run is
// invalid already.
func (m *measurement) take(ctx context.Context, o options) ([]round, error) {
	var rounds []round
	for i := range 1 + o.slices {
		var r round
		for site, crowd := range m.crowds {
			if crowd == nil {
				continue
			}
			r[site] = m.slice(site, o.slice)
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("measuring %s: %w", m.workload.name, err)
			}
		}
		if i > 0 {
			rounds = append(rounds, r)
		}
		if len(m.refusals()) > 0 {
			break
		}
	}
	return rounds, nil
}

// slice asks one site for some time.
func (m *measurement) slice(site int, length time.Duration) slice {
	before := m.cpu()
	s := m.crowds[site].ask(length)
	s.cpu = (m.cpu() - before) / time.Duration(max(1, s.answers))
	return s
}

// refusals says which answers of which site were not what they should be.
func (m *measurement) refusals() []string {
	var out []string
	for site, c := range m.crowds {
		if c == nil {
			continue
		}
		t := c.tally()
		out = append(out, t.problems(siteNames[site])...)
	}
	return out
}

// outcome sums up what was measured. What was counted is by site and link, for
// the gate as the API shows it; judged says whether the control is.
func (m *measurement) outcome(rounds []round, counted [sites]map[string]int64, judged bool) outcome {
	admitted := m.crowds[gate].tally()
	o := newOutcome(m.workload, rounds)
	o.uses = admitted.uses()
	o.problems = m.refusals()
	o.problems = append(o.problems, miscounts(m.tokens, admitted.admitted, counted[gate])...)
	if o.uses == 0 {
		o.problems = append(o.problems, "the gate let nothing through")
	}
	if c := m.crowds[peer]; c != nil {
		for _, problem := range miscounts(m.tokens, c.tally().admitted, counted[peer]) {
			o.problems = append(o.problems, "peer: "+problem)
		}
	}
	if judged {
		o.problems = append(o.problems, o.unrest()...)
	}
	return o
}

// miscounts compares what the gate let through with what it counted, token by
// token.
func miscounts(tokens []token, admitted []int64, counters map[string]int64) []string {
	wrong := 0
	var seen, counted int64
	for i, t := range tokens {
		n, kept := counters[t.Link]
		if !kept || n != admitted[i] {
			wrong++
		}
		seen += admitted[i]
		counted += n
	}
	if wrong == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d tokens are miscounted: %d requests let through, %d uses counted",
		wrong, len(tokens), seen, counted)}
}

func (m *measurement) close() {
	for _, c := range m.crowds {
		if c != nil {
			c.close()
		}
	}
}
