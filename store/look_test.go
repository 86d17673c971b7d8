package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// A looker is a vault that can look for itself.
type looker struct {
	store.Vault
	asked string
}

func (l *looker) Look(_ context.Context, name string) ([]byte, error) {
	l.asked = name
	return nil, store.ErrNotFound
}

func TestOneValueIsFoundAmongThoseThatBeginAlike(t *testing.T) {
	t.Parallel()
	s := memory.New()
	for _, name := range []string{"key/2", "key"} {
		if _, err := s.Keep(t.Context(), name, []byte("of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	if value, err := store.Look(t.Context(), s, "key"); err != nil || string(value) != "of key" {
		t.Errorf("found %q, %v", value, err)
	}
	if _, err := store.Look(t.Context(), s, "ke"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the beginning of a name is a name: %v", err)
	}
	l := &looker{Vault: s}
	if _, err := store.Look(t.Context(), l, "key"); !errors.Is(err, store.ErrNotFound) || l.asked != "key" {
		t.Errorf("a vault that can look was not asked to: %v", err)
	}
	_ = s.Close()
	if _, err := store.Look(t.Context(), s, "key"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed store says %v", err)
	}
}
