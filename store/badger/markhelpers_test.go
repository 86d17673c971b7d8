package badger

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/linkgate/linkgate/store"
)

// A world is a database and its mark in a directory that holds nothing else,
// and what was kept in it.
type world struct {
	options       Options
	limited, free string // a token with a limit of 1000, and one without
}

// newWorld makes a database in which the limited token was used so many times.
// Its store is open.
func newWorld(t *testing.T, o Options, uses int) (*Store, world) {
	t.Helper()
	o.Path = filepath.Join(t.TempDir(), "db")
	s, w := open(t, o), world{options: o}
	w.limited = kept(t, s, 1)[0]
	w.free = store.NewLink()
	if err := s.Create(t.Context(), store.Record{Token: store.Token{Link: w.free, State: store.Enabled}}); err != nil {
		t.Fatal(err)
	}
	w.use(t, s, uses)
	return s, w
}

func (w world) use(t *testing.T, s *Store, n int) {
	t.Helper()
	for range n {
		if d, err := s.Use(t.Context(), store.Attempt{Link: w.limited}); err != nil || !d.Admitted() {
			t.Fatalf("Use: reason %q, error %v", d.Reason, err)
		}
	}
}

func (w world) mark() string { return w.options.Path + ".mark" }

// copied is the world as a kill would leave it just now, at another place.
func (w world) copied(t *testing.T) world {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	copyDir(t, filepath.Dir(w.options.Path), to)
	w.options.Path = filepath.Join(to, filepath.Base(w.options.Path))
	return w
}

// putBack puts the directory of another world in the place of this one's, and
// leaves the mark as it is.
func (w world) putBack(t *testing.T, old world) {
	t.Helper()
	if err := os.RemoveAll(w.options.Path); err != nil {
		t.Fatal(err)
	}
	copyDir(t, old.options.Path, w.options.Path)
}

// copyDir copies files without the zeros at their ends, of which a log has
// many.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := copyTree(from, to); err != nil {
		t.Fatal(err)
	}
}

func copyTree(from, to string) error {
	return fs.WalkDir(os.DirFS(from), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return errors.Join(err, os.MkdirAll(filepath.Join(to, name), 0o700))
		}
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		copied := filepath.Join(to, name)
		return errors.Join(os.WriteFile(copied, bytes.TrimRight(text, "\x00"), 0o600), os.Truncate(copied, int64(len(text))))
	})
}

// logs opens the world with a log that can be read.
func (w world) logs(t *testing.T) (*Store, *observer.ObservedLogs) {
	t.Helper()
	core, lines := observer.New(zapcore.WarnLevel)
	w.options.Logger = zap.New(core)
	return open(t, w.options), lines
}

// wantSetBack expects that nothing with a limit is charged, and that all else
// goes on.
func (w world) wantSetBack(t *testing.T, s *Store) {
	t.Helper()
	for what, err := range map[string]error{
		"Use":    second(s.Use(t.Context(), store.Attempt{Link: w.limited})),
		"Peek":   second(s.Peek(t.Context(), store.Attempt{Link: w.limited})),
		"Health": s.Health(t.Context()),
	} {
		if !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, store.ErrRolledBack) {
			t.Errorf("%s: got %v, want ErrUnavailable and ErrRolledBack", what, err)
		}
	}
	if s.Rollback() == nil {
		t.Error("Rollback says that nothing was noticed")
	}
	before := counterOf(t, s, w.limited)
	if d, err := s.Use(t.Context(), store.Attempt{Link: w.free}); err != nil || !d.Admitted() {
		t.Errorf("a token without a limit: reason %q, error %v", d.Reason, err)
	}
	if err := s.Create(t.Context(), store.Record{Token: store.Token{Link: store.NewLink()}}); err != nil {
		t.Errorf("Create: %v", err)
	}
	if after := counterOf(t, s, w.limited); after != before {
		t.Errorf("a use that was refused is counted: %d after %d", after, before)
	}
}

// wantSound expects that nothing was noticed and all is charged.
func (w world) wantSound(t *testing.T, s *Store) {
	t.Helper()
	if r := s.Rollback(); r != nil {
		t.Fatalf("noticed: %+v", r)
	}
	if err := s.Health(t.Context()); err != nil {
		t.Errorf("Health: %v", err)
	}
	w.use(t, s, 1)
	if _, err := s.AcceptRollback(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("accepting nothing: got %v, want ErrNotFound", err)
	}
}

// ensure keeps the tokens where they are gone with the database.
func (w world) ensure(t *testing.T, s *Store) {
	t.Helper()
	for link, limit := range map[string]int64{w.limited: 1000, w.free: store.NoLimit} {
		token := store.Token{Link: link, State: store.Enabled, Limit: limit}
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil && !errors.Is(err, store.ErrExists) {
			t.Fatal(err)
		}
	}
}
