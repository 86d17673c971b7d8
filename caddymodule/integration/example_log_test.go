package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A proxy in front, an app or a gate with other sources puts tokens into
// headers that no list of ours can name.
func TestTheExamplesLogShowsNoTokenInAnyHeader(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nfrom header X-Ticket\nsession off\n}\nreverse_proxy UPSTREAM"})
	tok := g.limited(t, 1)
	for _, status := range []int{200, 410} {
		g.get(t, "/",
			"X-Ticket", tok.Link, "X-Forwarded-Uri", "/a/"+tok.Link, "X-Original-Url", "/?token="+tok.JWT,
			"Origin", "https://"+tok.Link+".example", "User-Agent", "reader/1 ("+tok.JWT+")",
		).wantStatus(t, status)
	}
	// that no token is in it is looked up when the test ends
	g.stop()
	for _, name := range []string{"X-Ticket", "X-Forwarded-Uri", "User-Agent"} {
		if lineWith(g.log.String(), `"`+name+`":["`) == "" {
			t.Errorf("the log does not show the header %s at all:\n%s", name, g.log)
		}
	}
}

// What the tests prove of the log holds for the example as long as both filter
// the same fields.
func TestTheExamplesLogIsTheOneThatIsTested(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join(repository(t), "Caddyfile.example"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := filterBlock(string(example)), filterBlock(filteredLog); got != want || got == "" {
		t.Errorf("the example filters\n%s\nthe tests\n%s", got, want)
	}
}

// filterBlock is what stands in the block of the first log filter.
func filterBlock(caddyfile string) string {
	_, block, _ := strings.Cut(caddyfile, "format filter {")
	block, _, _ = strings.Cut(block, "}")
	return strings.Join(strings.Fields(block), " ")
}
