// Package corpora finds the test cases that other people's software left us.
// They lie beside the checkout, in ../shared, and not in it.
package corpora

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder below ../shared. A user's clone
// has none of that: only there the test is skipped.
func Path(t testing.TB, elements ...string) string {
	t.Helper()
	shared := filepath.Join(top(t), "..", "shared")
	if _, err := os.Stat(shared); err != nil {
		t.Skip("../shared is not there: this clone has no cases of other people's software")
	}
	return filepath.Join(append([]string{shared}, elements...)...)
}

// Read returns the content of a file below ../shared.
func Read(t testing.TB, elements ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(Path(t, elements...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Files returns the paths below ../shared that match a pattern of
// filepath.Match, and fails where there are none.
func Files(t testing.TB, elements ...string) []string {
	t.Helper()
	paths, err := filepath.Glob(Path(t, elements...))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files for %v: %v", elements, err)
	}
	return paths
}

// top is the top of the checkout.
func top(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
}
