package badger

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

func TestOtherFormatIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value []byte
		says  string
	}{
		"a newer version":   {seal(formatKey, []byte("3")), "3 is newer than version 2"},
		"an older version":  {seal(formatKey, []byte("0")), "0 is unknown to"},
		"no number":         {seal(formatKey, []byte("one")), "not a number"},
		"a damaged version": {[]byte("1"), "cannot be read"},
		"nothing at all":    {nil, "no format version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir()}
			s := open(t, o)
			kept(t, s, 3)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			tamper(t, o, func(txn *engine.Txn) error {
				if c.value == nil {
					return txn.Delete(formatKey)
				}
				return txn.Set(formatKey, c.value)
			})
			before := contents(t, o)
			_, err := Open(o)
			if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want ErrFormat that says %q", err, c.says)
			}
			if after := contents(t, o); !maps.Equal(before, after) {
				t.Fatal("the database has changed")
			}
		})
	}
}

func TestVersionIsWrittenAtOnce(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir()}
	if err := open(t, o).Close(); err != nil {
		t.Fatal(err)
	}
	got := contents(t, o)
	if want := string(seal(formatKey, []byte(strconv.Itoa(formatVersion)))); got["f"] != want || got["m"] == "" || len(got) != 2 {
		t.Fatalf("a new database holds %q, want the version and who it is", got)
	}
}

// TestADatabaseWithoutAJournalIsTakenOver opens what the last program without
// one left, which must not open it again: it would not see all counts.
func TestADatabaseWithoutAJournalIsTakenOver(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir()}
	s := open(t, o)
	links := kept(t, s, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, o, func(txn *engine.Txn) error { return txn.Set(formatKey, seal(formatKey, []byte("1"))) })
	s = open(t, o)
	for n, link := range links {
		if got := counterOf(t, s, link); got != int64(n) {
			t.Errorf("token %d: got counter %d", n, got)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := contents(t, o)["f"], string(seal(formatKey, []byte("2"))); got != want {
		t.Errorf("its version is %q, want %q", got, want)
	}
}

func TestEncryptionKey(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, KeyLen), bytes.Repeat([]byte{2}, KeyLen)
	for name, c := range map[string]struct{ first, second []byte }{
		"another key":                    {key, other},
		"no key for a database with one": {key, nil},
		"a key for a database without":   {nil, key},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir(), EncryptionKey: c.first}
			s := open(t, o)
			links := kept(t, s, 2)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			wrong := o
			wrong.EncryptionKey = c.second
			_, err := Open(wrong)
			if !errors.Is(err, ErrEncryptionKey) {
				t.Fatalf("got %v, want ErrEncryptionKey", err)
			}
			r, err := open(t, o).Get(t.Context(), links[1])
			if err != nil || r.Counter != 1 {
				t.Fatalf("with the right key: got counter %d, error %v", r.Counter, err)
			}
		})
	}
}

func TestEncryptedDirectoryShowsNothing(t *testing.T) {
	t.Parallel()
	const word = "a-word-that-is-nowhere-else"
	for name, key := range map[string][]byte{"plain": nil, "encrypted": bytes.Repeat([]byte{1}, KeyLen)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Path: t.TempDir(), EncryptionKey: key}
			s := open(t, o)
			token := store.Token{Link: store.NewLink(), RID: word}
			if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
				t.Fatal(err)
			}
			live := inFiles(t, o.Path, word) || inFiles(t, o.Path, token.Link)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			closed := inFiles(t, o.Path, word) || inFiles(t, o.Path, token.Link)
			if want := key == nil; live != want || closed != want {
				t.Fatalf("found while open: %v, when closed: %v; want %v", live, closed, want)
			}
		})
	}
}

func inFiles(t *testing.T, dir, word string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(word)) {
			return true
		}
	}
	return false
}
