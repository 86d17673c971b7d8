package badger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func TestDamagedTableIsNeverServed(t *testing.T) {
	t.Parallel()
	for name, key := range map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{7}, KeyLen)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := Options{Path: t.TempDir(), EncryptionKey: key}
			s := open(t, good)
			links := kept(t, s, 60)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			refused := 0
			for range 60 {
				bad := good
				bad.Path = filepath.Join(t.TempDir(), "copy")
				if err := os.CopyFS(bad.Path, os.DirFS(good.Path)); err != nil {
					t.Fatal(err)
				}
				at := flipByte(t, bad.Path)
				if right, err := servesRight(t, bad, links); err != nil {
					refused++
					if !errors.Is(err, ErrCorrupt) {
						t.Fatalf("byte %d: got %v, want ErrCorrupt", at, err)
					}
				} else if !right {
					t.Fatalf("byte %d of the table is changed, and a counter with it", at)
				}
			}
			if refused == 0 {
				t.Fatal("no change was noticed at all")
			}
		})
	}
}

// flipByte changes one byte of the only table and returns its place.
func flipByte(t *testing.T, path string) int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(path, "*.sst"))
	if err != nil || len(names) != 1 {
		t.Fatalf("got %d tables, error %v; want one", len(names), err)
	}
	table, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	at := rand.IntN(len(table))
	table[at] ^= byte(1 + rand.IntN(255))
	if err := os.WriteFile(names[0], table, 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}

// servesRight opens the store and compares all counters; the error is that of
// opening or reading.
func servesRight(t *testing.T, o Options, links []string) (bool, error) {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		return false, err
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	for i, link := range links {
		r, err := s.Get(t.Context(), link)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, fmt.Errorf("reading: %w", err)
		}
		if err != nil || r.Counter != int64(i) {
			return false, nil
		}
	}
	page, err := s.List(t.Context(), store.Query{})
	return err == nil && len(page.Records) == len(links), err
}

func TestDamagedManifestDeletesNothing(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(path string) error{
		"cut to 20 bytes": func(path string) error { return os.Truncate(path, 20) },
		"empty":           func(path string) error { return os.Truncate(path, 0) },
		"gone":            os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir()}
			s := open(t, o)
			kept(t, s, 10)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			before := tablesOf(t, o.Path)
			if err := damage(filepath.Join(o.Path, engine.ManifestFilename)); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(o); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("got %v, want ErrCorrupt", err)
			}
			if after := tablesOf(t, o.Path); !maps.Equal(before, after) || len(after) == 0 {
				t.Fatalf("tables before: %v, after: %v", before, after)
			}
		})
	}
}

func tablesOf(t *testing.T, path string) map[string]bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(path, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range names {
		out[name] = true
	}
	return out
}
