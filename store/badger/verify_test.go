package badger

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	engine "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// oneTable makes a database with one table, and returns where that is, what the
// MANIFEST lists, and how Badger is to open the database.
func oneTable(t *testing.T, o Options) (path string, list listedTables, e engine.Options) {
	t.Helper()
	s := open(t, o)
	kept(t, s, 10)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	e = engineOptions(o)
	list, err := readManifest(e)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d tables, error %v", len(list), err)
	}
	for number := range list {
		path = table.NewFilename(number, o.Path)
	}
	return path, list, e
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
			path, tables, _ := oneTable(t, Options{Path: t.TempDir(), Sync: SyncNo})
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			plain := new(tableKeys)
			dir, asked := filepath.Dir(path), false
			merged := func() listedTables {
				if asked {
					return nil
				}
				asked = true
				return tables
			}
			if err := verifyFiles(dir, merged, plain.options); err != nil {
				t.Errorf("a table that was merged: %v", err)
			}
			if err := verifyFiles(dir, func() listedTables { return tables }, plain.options); err == nil {
				t.Error("a table that is needed is spoiled, and nobody notices")
			}
		})
	}
}

// Badger reads how many entries a block has before it compares the checksum,
// and where it opens a table that is in a goroutine of its own: a changed byte
// ended the process, with all other sites, and again at each start.
func TestDamageOnWhichBadgerPanicsIsFoundBeforeItOpensTheTable(t *testing.T) {
	t.Parallel()
	for name, key := range map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{7}, KeyLen)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir(), EncryptionKey: key, Sync: SyncNo}
			path, tables, e := oneTable(t, o)
			keys, err := newTableKeys(e)
			if err != nil {
				t.Fatal(err)
			}
			defer keys.close()
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for number, listed := range tables {
				readable, err := keys.options(listed)
				if err != nil {
					t.Fatal(err)
				}
				bad := bytes.Clone(good)
				at := panicsAt(bad, func() error {
					_, err := table.OpenInMemoryTable(bad, number, readable)
					return err
				})
				if at < 0 {
					t.Fatal("Badger panics on no byte any more: verifying may come after opening")
				}
				if err := os.WriteFile(path, bad, 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := Open(o); !errors.Is(err, ErrCorrupt) {
					t.Errorf("byte %d: got %v, want ErrCorrupt", at, err)
				}
			}
		})
	}
}

// panicsAt changes the last byte of a table on which open panics, and returns
// its place; negative where there is none.
func panicsAt(bad []byte, open func() error) int {
	for at := len(bad) - 1; at >= 0; at-- {
		bad[at] ^= 0x80
		if err := noPanic(open); err != nil && strings.HasPrefix(err.Error(), "panic") {
			return at
		}
		bad[at] ^= 0x80
	}
	return -1
}
