package caddymodule

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
)

var update = flag.Bool("update", false, "write the golden files of the adapt tests anew")

// separator stands between the Caddyfile and what comes of it.
const separator = "\n----------\n"

// TestCaddyfileAdapts reads every case of testdata/adapt: a Caddyfile, and the
// JSON or, where the name begins with fail_, the error that comes of it.
func TestCaddyfileAdapts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/adapt/*.caddyfiletest")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".caddyfiletest")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			caddyfile, want, _ := strings.Cut(string(text), separator)
			got, failed := adapt(t, caddyfile)
			if failed != strings.HasPrefix(name, "fail_") {
				t.Errorf("failed: %v\n%s", failed, got)
			}
			if *update {
				if err := os.WriteFile(file, []byte(caddyfile+separator+got+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != strings.TrimSpace(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func adapt(t *testing.T, caddyfile string) (result string, failed bool) {
	t.Helper()
	out, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile+"\n"), nil)
	if err != nil {
		return strings.TrimSpace(err.Error()), true
	}
	for _, w := range warnings {
		t.Errorf("warning: %s", w)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, out, "", "\t"); err != nil {
		t.Fatal(err)
	}
	return pretty.String(), false
}
