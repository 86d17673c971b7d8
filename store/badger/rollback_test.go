package badger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// setbacks are ways in which a database comes to be older than it was. old is
// a copy from before the last uses.
var setbacks = map[string]struct {
	happen func(t *testing.T, w, old world)
	why    string
}{
	"a byte of the log is flipped": {func(t *testing.T, w, _ world) { flipLog(t, w.options.Path) }, "newest commits are gone"},
	"the log is gone":              {func(t *testing.T, w, _ world) { removeAll(t, filepath.Join(w.options.Path, "*.mem")) }, "another database"},
	"the directory is gone":        {func(t *testing.T, w, _ world) { removeAll(t, w.options.Path) }, "another database"},
	"an old copy is put back":      {func(t *testing.T, w, old world) { w.putBack(t, old) }, "newest commits are gone"},
	"the mark is gone": {func(t *testing.T, w, _ world) {
		s := open(t, w.options) // so that it knows its place
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		removeAll(t, w.mark())
	}, "its mark is gone"},
	"the mark is empty":       {func(t *testing.T, w, _ world) { truncate(t, w.mark(), 0) }, "is damaged"},
	"both slots are torn":     {func(t *testing.T, w, _ world) { scribble(t, w.mark(), 30, slotGap+30) }, "is damaged"},
	"the mark is another's":   {func(t *testing.T, w, _ world) { swapMark(t, w) }, "another database"},
	"the mark cannot be read": {func(t *testing.T, w, _ world) { removeAll(t, w.mark()); mkdir(t, w.mark()) }, "cannot be opened"},
}

func TestADatabaseThatWasSetBackChargesNoLimitUntilThatIsAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range setbacks {
		for kind, o := range map[string]Options{
			"always": {}, "no": {Sync: SyncNo},
			"encrypted": {EncryptionKey: bytes.Repeat([]byte{7}, KeyLen)},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				s, w := newWorld(t, o, 10)
				old := w.copied(t)
				w.use(t, s, 80)
				w = w.copied(t)
				c.happen(t, w, old)
				s, lines := w.logs(t)
				w.ensure(t, s)
				w.wantSetBack(t, s)
				said := lines.FilterMessageSnippet("caddy linkgate accept-rollback").All()
				if len(said) != 1 || !strings.Contains(fmt.Sprint(said[0].ContextMap()["why"]), c.why) {
					t.Fatalf("the log says %v, want one line with %q", said, c.why)
				}

				// Not even when the database has come to be ahead of the mark.
				for range 200 {
					if err := s.Create(t.Context(), store.Record{Token: store.Token{Link: store.NewLink()}}); err != nil {
						t.Fatal(err)
					}
				}
				s = reopen(t, s, w)
				w.wantSetBack(t, s)
				w.accept(t, s)
				w.wantSound(t, s)
				w.wantSound(t, reopen(t, s, w))
			})
		}
	}
}

// accept accepts what was noticed, as soon as there can be a mark.
func (w world) accept(t *testing.T, s *Store) {
	t.Helper()
	if info, err := os.Stat(w.mark()); err == nil && info.IsDir() {
		if _, err := s.AcceptRollback(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("accepting without a place for a mark: got %v, want ErrUnavailable", err)
		}
		w.wantSetBack(t, s)
		removeAll(t, w.mark())
	}
	noticed := s.Rollback()
	accepted, err := s.AcceptRollback(t.Context())
	if err != nil || accepted != *noticed {
		t.Fatalf("accepted %+v, error %v; noticed was %+v", accepted, err, noticed)
	}
	info, err := os.Stat(w.mark())
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("the mark: mode %v, error %v; want 0600", info, err)
	}
}

func reopen(t *testing.T, s *Store, w world) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, w.options)
}

func TestARollbackNamesBothCommits(t *testing.T) {
	t.Parallel()
	s, w := newWorld(t, Options{}, 10)
	old := w.copied(t)
	w.use(t, s, 80)
	had := s.mark.had()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w.putBack(t, old)
	s = open(t, w.options)
	if r := s.Rollback(); r == nil || r.Had != had || r.Has != had-80 {
		t.Fatalf("got %+v, want that it had %d and has 80 less", r, had)
	}
	w.accept(t, s)
	if got := counterOf(t, s, w.limited); got != 10 {
		t.Fatalf("the counter is %d, want 10: accepting changes none", got)
	}
}

// A database that has to be opened anew after a failed commit may have lost
// what it had answered before.
func TestAReopeningThatLostCommitsIsNoticed(t *testing.T) {
	t.Parallel()
	s, w := newWorld(t, Options{}, 1)
	old := w.copied(t)
	f := &faulty{}
	s.commit, s.now = f.commit, func() time.Time { return time.Unix(0, f.clock.Load()) }
	f.pass(time.Hour)
	w.use(t, s, 5)

	f.mode.Store(failBefore)
	wantUnavailable(t, second(s.Use(t.Context(), store.Attempt{Link: w.limited})))
	f.mode.Store(fine)
	if err := old.options.validate(); err != nil {
		t.Fatal(err)
	}
	s.db.options = engineOptions(old.options) // the last uses are not there
	f.pass(probeEvery)
	if err := s.Health(t.Context()); !errors.Is(err, store.ErrRolledBack) {
		t.Fatalf("got %v, want ErrRolledBack", err)
	}
	w.wantSetBack(t, s)
	if _, err := s.AcceptRollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Use(t.Context(), store.Attempt{Link: w.limited}); err != nil || d.Counter != 8 {
		t.Fatalf("got counter %d, error %v; want 8: what memory knows is not forgotten", d.Counter, err)
	}
}

// flipLog changes one byte in the middle of what is used of the log.
func flipLog(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil || len(names) != 1 {
		t.Fatalf("got %d logs, error %v; want one", len(names), err)
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	scribble(t, names[0], int64(len(bytes.TrimRight(text, "\x00"))/2))
}

// scribble changes single bytes of a file.
func scribble(t *testing.T, path string, at ...int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, n := range at {
		one := make([]byte, 1)
		_, read := f.ReadAt(one, n)
		one[0] ^= 0x5a
		if _, err := f.WriteAt(one, n); read != nil || err != nil {
			t.Fatal(read, err)
		}
	}
}

func removeAll(t *testing.T, pattern string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: nothing to remove, error %v", pattern, err)
	}
	for _, name := range names {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "not empty"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// swapMark puts the mark of another database in the place of w's.
func swapMark(t *testing.T, w world) {
	t.Helper()
	s, other := newWorld(t, w.options, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other.mark(), w.mark()); err != nil {
		t.Fatal(err)
	}
}
