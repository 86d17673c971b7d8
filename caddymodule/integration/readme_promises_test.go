package integration

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeNamesTestsThatExist keeps the column "proved by" true when a test
// is renamed or goes away. A name that ends in "…" is the beginning of one.
func TestReadmeNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+…?)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 20 {
		t.Fatalf("README.md names %d tests, and once named more", len(named))
	}
	there := testNames(t)
	for _, m := range named {
		beginning, isBeginning := strings.CutSuffix(m[1], "…")
		if !slices.ContainsFunc(there, func(name string) bool {
			return name == beginning || isBeginning && strings.HasPrefix(name, beginning)
		}) {
			t.Errorf("README.md names %s, and there is no such test", m[1])
		}
	}
}

// testNames are the names of all tests of the repository.
func testNames(t *testing.T) []string {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	var names []string
	err := filepath.WalkDir(repository(t), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			names = append(names, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
