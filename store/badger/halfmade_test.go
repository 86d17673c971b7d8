package badger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/linkgate/linkgate/store/badger"
)

// A kill between the making of a log and its first byte once kept the store
// from opening at the next start, until somebody helped.
func TestALogThatWasJustMadeKeepsNoStoreFromOpening(t *testing.T) {
	t.Parallel()
	o := badger.Options{Path: t.TempDir()}
	s := mustOpen(t, o)
	link := mustCreate(t, s, 5)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.Path, "00077.mem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s = mustOpen(t, o)
		if d, err := s.Use(t.Context(), attempt(link)); err != nil || !d.Admitted() {
			t.Errorf("use: %q, %v", d.Reason, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := mustOpen(t, o).Get(t.Context(), link); err != nil || r.Counter != 2 {
		t.Errorf("the counter is %d, want 2: %v", r.Counter, err)
	}
}
