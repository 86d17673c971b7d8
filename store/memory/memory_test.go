package memory_test

import (
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
	"github.com/linkgate/linkgate/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store {
		t.Helper()
		s := memory.New()
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return s
	}, storetest.Options{})
}
