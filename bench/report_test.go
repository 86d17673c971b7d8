package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sample is a report with one case of each kind.
func sample() report {
	return report{
		options: options{sync: "always", slices: 30, slice: time.Second},
		cpus:    2, caddy: "v2.11.9", golang: "go1.26.8",
		cases: []outcome{{
			workload: workload{name: "hot", connections: 64},
			bareRate: 10000.4, gateRate: 9500.5, gateP99: 12.345,
			gateRatio: spread{0.95, 0.94, 0.96}, controlRatio: spread{1, 0.99, 1.01},
			gateP99Ratio: spread{median: 1.2}, controlP99Ratio: spread{median: 1.01},
			uses: 285000,
		}, {
			workload: workload{name: "single", connections: 1},
			problems: []string{"gate answered 3 times with status 503"},
		}},
	}
}

func TestTheMarkdownIsATable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := sample()
	r.print(&out, true)
	want := `2 CPUs, Caddy v2.11.9, go1.26.8, sync always, 30 slices of 1s for each site

| case | connections | bare req/s | gate req/s | gate/bare | control/bare | gate p99 | p99 gate/bare | p99 control/bare | CPU gate/bare | CPU control/bare | uses | verdict |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
| hot | 64 | 10000 | 9500 | 0.950 [0.940, 0.960] | 1.000 [0.990, 1.010] | 12.35 ms | 1.20 | 1.01 | 0.00 | 0.00 | 285000 | VALID |
| single | 1 | 0 | 0 | 0.000 [0.000, 0.000] | 0.000 [0.000, 0.000] | 0.00 ms | 0.00 | 0.00 | 0.00 | 0.00 | 0 | INVALID: gate answered 3 times with status 503 |

INVALID
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTheTextSaysWhatTheMarkdownSays(t *testing.T) {
	t.Parallel()
	var text, markdown strings.Builder
	r := sample()
	r.print(&text, false)
	r.print(&markdown, true)
	words := func(s string) []string {
		return strings.Fields(strings.NewReplacer("|", " ", "---", " ").Replace(s))
	}
	if diff := cmp.Diff(words(markdown.String()), words(text.String())); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(text.String(), "|") {
		t.Error("the text is Markdown")
	}
}

func TestADiskInMemoryIsSaid(t *testing.T) {
	t.Parallel()
	r := sample()
	if strings.Contains(r.heading(), "memory") {
		t.Errorf("there is none: %s", r.heading())
	}
	r.memory = true
	if !strings.Contains(r.heading(), "memory, where syncs are free") {
		t.Errorf("it is not said: %s", r.heading())
	}
}
