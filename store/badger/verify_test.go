package badger

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	engine "github.com/dgraph-io/badger/v4"
)

// oneTable makes a database with one table, and returns where it is and what
// Badger would list.
func oneTable(t *testing.T) (path string, list []engine.TableInfo) {
	t.Helper()
	dir := t.TempDir()
	s := open(t, Options{Path: dir, Sync: SyncNo})
	kept(t, s, 10)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filesIn(dir, ".sst")
	if err != nil || len(files) != 1 {
		t.Fatalf("%d tables, error %v", len(files), err)
	}
	number, err := strconv.ParseUint(strings.TrimSuffix(files[0].Name(), ".sst"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, files[0].Name()), []engine.TableInfo{{ID: number}}
}

// Opening while Badger merges tables was taken for damage: it makes a table
// that it has merged empty, and only then removes it.
func TestATableThatIsMergedWhileItIsVerifiedIsNoDamage(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(path string) error{
		"made empty": func(path string) error { return os.Truncate(path, 0) },
		"cut":        func(path string) error { return os.Truncate(path, 100) },
		"removed":    os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, tables := oneTable(t)
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			dir, asked := filepath.Dir(path), false
			merged := func() []engine.TableInfo {
				if asked {
					return nil
				}
				asked = true
				return tables
			}
			if err := verifyFiles(dir, merged); err != nil {
				t.Errorf("a table that was merged: %v", err)
			}
			if err := verifyFiles(dir, func() []engine.TableInfo { return tables }); err == nil {
				t.Error("a table that is needed is spoiled, and nobody notices")
			}
		})
	}
}
