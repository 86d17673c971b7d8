package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// caddyBinary is the program under test.
var caddyBinary string

func TestMain(m *testing.M) {
	os.Exit(runWithCaddy(m))
}

// runWithCaddy runs the tests with a binary that is gone afterwards, unless it
// was given.
func runWithCaddy(m *testing.M) int {
	if caddyBinary = os.Getenv("LINKGATE_CADDY"); caddyBinary != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "linkgate-caddy-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "making a directory for the binary:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	caddyBinary = filepath.Join(dir, "caddy")
	build := exec.Command("go", "build", "-tags", "nobadger,nomysql,nopgx", "-o", caddyBinary, "../cmd/caddy")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building Caddy: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
